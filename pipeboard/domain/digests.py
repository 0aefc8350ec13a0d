"""SHA-256 without OpenSSL, which takes 4 MB and 3 ms to load and is needed for nothing else here.

The standard library's own is the same digest. OpenSSL's is quicker with long texts: a database that
is compared as a whole takes that one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is more than help needs
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # as it is named before Python 3.12
        except ImportError:  # a Python that was built with OpenSSL's alone
            from hashlib import sha256

__all__ = ["sha256"]
