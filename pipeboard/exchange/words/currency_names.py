"""Names of currencies in 18 languages, folded as `fold` does; made of CLDR 47 with Babel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "EUR": "eura|euro|euroa|euros|евро|євро",
        "USD": (
            "abd dolari|americke dolary|americky dolar|americkych dolaru|amerikaanse dollar|"
            "amerikansk dollar|amerikanska dollar|amerikanske dollar|dolar american|"
            "dolar americano|dolar amerykanski|dolar estadounidense|dolares americanos|"
            "dolares estadounidenses|dolari americani|dolarow amerykanskich|dolary amerykanskie|"
            "dollar des etats-unis|dollari statunitensi|dollaro statunitense|"
            "dollars des etats-unis|us dollar|us dollars|us-dollar|usa-dollar|"
            "yhdysvaltain dollari|yhdysvaltain dollaria|долар сша|долари сша|доларів сша|"
            "доллар сша|доллара сша|долларов сша"
        ),
        "GBP": (
            "angol font|britische pfund|britisches pfund|british pound|british pounds|"
            "britisk pund|britiske pund|britse pond|britska libra|britske libry|britskych liber|"
            "brittiska pund|brittiskt pund|englannin punta|englannin puntaa|funt szterling|"
            "funtow szterlingow|funty szterlingi|ingiliz sterlini|libra esterlina|"
            "libras esterlinas|lira sterlina|lire sterline|livre sterling|livres sterling|"
            "sterlina britannica|sterline britanniche|англіиськии фунт|англіиських фунтів|"
            "англіиські фунти|британскии фунт стерлингов|британских фунта стерлингов|"
            "британских фунтов стерлингов"
        ),
        "CHF": (
            "franc elvetian|franc suisse|franchi svizzeri|franci elvetieni|franco suico|"
            "franco suizo|franco svizzero|francos suicos|francos suizos|francs suisses|"
            "frank szwajcarski|franki szwajcarskie|frankow szwajcarskich|isvicre frangi|"
            "schweizer franken|schweizerfranc|schweizisk franc|schweiziska franc|svajci frank|"
            "sveitsin frangi|sveitsin frangia|sveitsisk franc|sveitsiske franc|svycarske franky|"
            "svycarsky frank|svycarskych franku|swiss franc|swiss francs|zwitserse frank|"
            "швеицарскии франк|швеицарских франка|швеицарских франков|швеицарськии франк|"
            "швеицарських франків|швеицарські франки"
        ),
        "JPY": (
            "iene japones|ienes japoneses|japan jen|japanese yen|japanin jeni|japanin jenia|"
            "japanische yen|japanischer yen|japanse yen|japansk yen|japanska yen|japanske yen|"
            "japon yeni|japonske jeny|japonsky jen|japonskych jenu|jen japonski|jenow japonskich|"
            "jeny japonskie|yen giapponese|yen giapponesi|yen japonais|yen japones|yen japonez|"
            "yenes japoneses|yeni japonezi|yens japonais|японская иена|японские иены|японских иен|"
            "японська єна|японських єн|японські єни"
        ),
        "CNY": (
            "chinese yuan|chinesischer yuan|cin yuani|cinske juany|cinsky juan|cinskych juanu|"
            "juan chinski|juanow chinskich|juany chinskie|kiinan juan|kiinan juania|kinai juan|"
            "kinesisk yuan|kinesiska yuan|kinesiske yuan|renminbi yuan|yuan chines|yuan chinezesc|"
            "yuan cinese|yuan cinesi|yuan renminbi|yuan renminbi chinois|yuanes renminbi|"
            "yuani chinezesti|yuans chineses|yuans renminbi chinois|китаискии юань|"
            "китаиских юанеи|китаиских юаня|китаиськии юань|китаиських юанів|китаиські юані"
        ),
        "INR": (
            "hindistan rupisi|indiai rupia|indian rupee|indian rupees|indiase roepie|"
            "indicka rupie|indicke rupie|indickych rupii|indische rupie|indische rupien|"
            "indisk rupee|indisk rupi|indisk rupie|indiska rupier|indiske rupees|indiske rupier|"
            "intian rupia|intian rupiaa|roupie indienne|roupies indiennes|rupia india|"
            "rupia indiana|rupia indyjska|rupias indianas|rupias indias|rupie indiana|"
            "rupie indiane|rupie indyjskie|rupii indiene|rupii indyjskich|индииская рупия|"
            "индииские рупии|индииских рупии|індіиська рупія|індіиських рупіи|індіиські рупіі"
        ),
        "RUB": (
            "orosz rubel|rouble russe|roubles russes|rubel rosyjski|rubla ruseasca|"
            "ruble rosyjskie|ruble rusesti|rubli rosyjskich|rubli russi|rublo ruso|rublo russo|"
            "rublos rusos|rublos russos|rus rublesi|ruske rubly|rusky rubl|ruskych rublu|"
            "russian ruble|russian rubles|russische roebel|russische rubel|russischer rubel|"
            "russisk rubel|russiske rubler|rysk rubel|ryska rubel|venajan rupla|venajan ruplaa|"
            "россиискии рубль|россииских рублеи|россииских рубля|росіиськии рубль|"
            "росіиських рублів|росіиські рублі"
        ),
        "UAH": (
            "grivna|grivna ucraniana|grivnas ucranianas|grivne|grivnia ucraina|grivnie ucraine|"
            "hryvnia ucraniano|hryvnia ukrainienne|hryvnias ucranianos|hryvnias ukrainiennes|"
            "hrywien ukrainskich|hrywna ukrainska|hrywny ukrainskie|oekraiense hryvnia|"
            "ukrainan hryvnia|ukrainan hryvniaa|ukrainian hryvnia|ukrainian hryvnias|"
            "ukrainische hrywen|ukrainische hrywnja|ukrainsk grynia|ukrainsk hryvnia|"
            "ukrainska hryvnia|ukrainske grynia|ukrainske hryvnia|ukrajinska hrivna|"
            "ukrajinske hrivny|ukrajinskych hriven|ukran hrivnya|ukrayna grivnasi|"
            "украинская гривна|украинские гривны|украинских гривен|украінська гривня|"
            "украінських гривень|украінські гривні"
        ),
        "PLN": (
            "esloti polaco|eslotis polacos|lengyel zloty|polish zloty|polish zlotys|"
            "polnische zloty|polnischer zloty|polonya zlotisi|polsk zloty|polska zloty|"
            "polske zlote|polske zloty|polsky zloty|polskych zlotych|poolse zloty|puolan zloty|"
            "puolan zlotya|zlot|zlote polskie|zloti|zloty polacchi|zloty polacco|zloty polonais|"
            "zloty polones|zloty polski|zlotych polskich|zlotys polonais|zlotys poloneses|"
            "польскии злотыи|польских злотых|польськии злотии|польських злотих|польські злоті"
        ),
        "CZK": (
            "cek korunasi|ceska koruna|ceske koruny|ceskych korun|coroa tcheca|coroana ceha|"
            "coroane cehe|coroas tchecas|corona ceca|corona checa|coronas checas|corone ceche|"
            "couronne tcheque|couronnes tcheques|cseh korona|czech koruna|czech korunas|"
            "koron czeskich|korona czeska|korony czeskie|tjeckisk koruna|tjeckiska koruna|"
            "tjekkisk koruna|tjekkiske korunaer|tschechische krone|tschechische kronen|"
            "tsekin koruna|tsekin korunaa|tsjechische kronen|tsjechische kroon|tsjekkisk koruna|"
            "tsjekkiske koruna|чеська крона|чеських крон|чеські крони|чешская крона|чешские кроны|"
            "чешских крон"
        ),
        "HUF": (
            "fiorini ungheresi|fiorino ungherese|florim hungaro|florins hungaros|forint|"
            "forint hongrois|forint wegierski|forinti|forinto hungaro|forintos hungaros|"
            "forintow wegierskich|forints hongrois|forinty wegierskie|hongaarse forint|"
            "hungarian forint|hungarian forints|macar forinti|madarske forinty|madarsky forint|"
            "madarskych forintu|magyar forint|ungarische forint|ungarischer forint|ungarsk forint|"
            "ungarske forinter|ungersk forint|ungerska forinter|unkarin forintti|"
            "unkarin forinttia|венгерскии форинт|венгерских форинта|венгерских форинтов|"
            "угорськии форинт|угорських форинтів|угорські форинти"
        ),
        "TRY": (
            "lir tureckich|lira turca|lira turceasca|lira turecka|liras turcas|lire turcesti|"
            "lire turche|liry tureckie|livre turque|livres turques|torok lira|turecka lira|"
            "turecke liry|tureckych lir|turk lirasi|turkin liira|turkin liiraa|turkische lira|"
            "turkish lira|turkisk lira|turkiska lira|turkse lira|tyrkisk lira|tyrkisk lire|"
            "tyrkiske lira|tyrkiske lire|турецкая лира|турецкие лиры|турецких лир|турецька ліра|"
            "турецьких лір|турецькі ліри"
        ),
        "SEK": (
            "coroa sueca|coroana suedeza|coroane suedeze|coroas suecas|corona sueca|"
            "corona svedese|coronas suecas|corone svedesi|couronne suedoise|couronnes suedoises|"
            "isvec kronu|koron szwedzkich|korona szwedzka|korony szwedzkie|ruotsin kruunu|"
            "ruotsin kruunua|schwedische krone|schwedische kronen|sved korona|svedska koruna|"
            "svedske koruny|svedskych korun|svensk krona|svensk krone|svenska kronor|"
            "svenske kroner|swedish krona|swedish kronor|zweedse kronen|zweedse kroon|"
            "шведская крона|шведские кроны|шведских крон|шведська крона|шведських крон|"
            "шведські крони"
        ),
        "NOK": (
            "coroa norueguesa|coroana norvegiana|coroane norvegiene|coroas norueguesas|"
            "corona noruega|corona norvegese|coronas noruegas|corone norvegesi|"
            "couronne norvegienne|couronnes norvegiennes|koron norweskich|korona norweska|"
            "korony norweskie|noorse kronen|noorse kroon|norjan kruunu|norjan kruunua|norsk krona|"
            "norsk krone|norska koruna|norska kronor|norske koruny|norske kroner|norskych korun|"
            "norvec kronu|norveg korona|norwegian krone|norwegian kroner|norwegische krone|"
            "norwegische kronen|норвежская крона|норвежские кроны|норвежских крон|норвезька крона|"
            "норвезьких крон|норвезькі крони"
        ),
        "DKK": (
            "coroa dinamarquesa|coroana daneza|coroane daneze|coroas dinamarquesas|corona danesa|"
            "corona danese|coronas danesas|corone danesi|couronne danoise|couronnes danoises|"
            "dan korona|danimarka kronu|danische krone|danische kronen|danish krone|danish kroner|"
            "dansk krona|dansk krone|danska koruna|danska kronor|danske koruny|danske kroner|"
            "danskych korun|deense kronen|deense kroon|koron dunskich|korona dunska|"
            "korony dunskie|tanskan kruunu|tanskan kruunua|данська крона|данських крон|"
            "данські крони|датская крона|датские кроны|датских крон"
        ),
        "RON": (
            "lei romanesti|lei roumains|lei rumeni|lej rumunski|leje rumunskie|lejow rumunskich|"
            "leu romanesc|leu romeno|leu roumain|leu rumano|leu rumeno|leus romenos|leus rumanos|"
            "roemeense leu|roman lej|romanian lei|romanian leu|romanian leuta|romen leyi|"
            "rumaensk leu|rumaenske lei|rumanische leu|rumanischer leu|rumansk leu|rumanska lei|"
            "rumensk leu|rumenske lei|rumenske leu|rumunske lei|rumunsky leu|rumunskych lei|"
            "румунськии леи|румунських леів|румунські леі|румынскии леи|румынских леев|"
            "румынских лея"
        ),
        "BGN": (
            "bolgar uj leva|bulgaarse lev|bulgaarse leva|bulgar levasi|bulgarian lev|"
            "bulgarian leva|bulgarian levia|bulgarische lew|bulgarischer lew|bulgarisk lev|"
            "bulgariska leva|bulgarsk lev|bulgarske lev|bulgarske leva|bulharske leva|"
            "bulharsky leva|bulharskych leva|lev bulgare|lev bulgaro|leva|leva bulgara|"
            "leva bulgari|levas bulgaras|leve|levs bulgares|levs bulgaros|lew bulgarski|"
            "lewow bulgarskich|lewy bulgarskie|болгарскии лев|болгарских лева|болгарских левов|"
            "болгарськии лев|болгарських левів|болгарські леви"
        ),
        "CAD": (
            "canadese dollar|canadian dollar|canadian dollars|canadisk dollar|canadiske dollar|"
            "dolar canadense|dolar canadian|dolar canadiense|dolar kanadyjski|dolares canadenses|"
            "dolares canadienses|dolari canadieni|dolarow kanadyjskich|dolary kanadyjskie|"
            "dollar canadien|dollari canadesi|dollaro canadese|dollars canadiens|kanada dolari|"
            "kanadai dollar|kanadan dollari|kanadan dollaria|kanadensisk dollar|"
            "kanadensiska dollar|kanadische dollar|kanadischer dollar|kanadisk dollar|"
            "kanadiske dollar|kanadske dolary|kanadsky dolar|kanadskych dolaru|канадскии доллар|"
            "канадских доллара|канадских долларов|канадськии долар|канадських доларів|"
            "канадські долари"
        ),
        "AUD": (
            "australian dollar|australian dollari|australian dollaria|australian dollars|"
            "australische dollar|australischer dollar|australisk dollar|australiska dollar|"
            "australsk dollar|australske dolary|australske dollar|australsky dolar|"
            "australskych dolaru|ausztral dollar|avustralya dolari|dolar australian|"
            "dolar australiano|dolar australijski|dolares australianos|dolari australieni|"
            "dolarow australijskich|dolary australijskie|dollar australien|dollari australiani|"
            "dollaro australiano|dollars australiens|австралиискии доллар|австралииских доллара|"
            "австралииских долларов|австраліиськии долар|австраліиських доларів|"
            "австраліиські долари"
        ),
        "NZD": (
            "dolar neozeelandez|dolar neozelandes|dolar nowozelandzki|dolares neozelandeses|"
            "dolari neozeelandezi|dolarow nowozelandzkich|dolary nowozelandzkie|"
            "dollar neo-zelandais|dollari neozelandesi|dollaro neozelandese|dollars neo-zelandais|"
            "neuseeland-dollar|new zealand dollar|new zealand dollars|newzealandsk dollar|"
            "newzealandske dollar|nieuw-zeelandse dollar|novozelandske dolary|novozelandsky dolar|"
            "novozelandskych dolaru|nyzeelandsk dollar|nyzeelandska dollar|uj-zelandi dollar|"
            "uuden-seelannin dollari|uuden-seelannin dollaria|yeni zelanda dolari|"
            "новозеландскии доллар|новозеландских доллара|новозеландских долларов|"
            "новозеландськии долар|новозеландських доларів|новозеландські долари"
        ),
        "BRL": (
            "brasilian real|brasilian realia|brasilianische real|brasilianischer real|"
            "brasiliansk real|brasilianska real|brasilianske real|brasilianske realer|brazil real|"
            "braziliaanse real|brazilian real|brazilian reals|brazilske realy|brazilsky real|"
            "brazilskych realu|brezilya reali|reais brasileiros|real|real brasileiro|"
            "real brasileno|real brasiliani|real brasiliano|real brazylijski|real bresilien|"
            "reale brazylijskie|reales brasilenos|reali|reali brazylijskich|reals bresiliens|"
            "бразильскии реал|бразильских реала|бразильских реалов|бразильськии реал|"
            "бразильських реалів|бразильські реали"
        ),
        "MXN": (
            "meksika pesosu|meksikansk peso|meksikanske pesos|meksikon peso|meksikon pesoa|"
            "mexicaanse peso|mexican peso|mexican pesos|mexicansk peso|mexicanske pesos|"
            "mexicka pesa|mexicke peso|mexickych pes|mexikanische pesos|mexikanischer peso|"
            "mexikansk peso|mexikanska pesos|mexikoi peso|peso meksykanskie|peso messicano|"
            "peso mexicain|peso mexican|peso mexicano|pesos meksykanskich|pesos meksykanskie|"
            "pesos messicani|pesos mexicains|pesos mexicani|pesos mexicanos|мексиканскии песо|"
            "мексиканских песо|мексиканськии песо|мексиканських песо|мексиканські песо"
        ),
        "ARS": (
            "argentiinan peso|argentiinan pesoa|argentijnse peso|argentin peso|argentine peso|"
            "argentine pesos|argentinische pesos|argentinischer peso|argentinsk peso|"
            "argentinska pesa|argentinska pesos|argentinske peso|argentinske pesos|"
            "argentinskych pes|arjantin pesosu|peso argentin|peso argentinian|peso argentino|"
            "peso argentynskie|pesos argentini|pesos argentinieni|pesos argentinos|"
            "pesos argentins|pesos argentynskich|pesos argentynskie|аргентинскии песо|"
            "аргентинских песо|аргентинськии песо|аргентинських песо|аргентинські песо"
        ),
        "CLP": (
            "chilean peso|chilean pesos|chileense peso|chilei peso|chilen peso|chilen pesoa|"
            "chilenische pesos|chilenischer peso|chilensk peso|chilenska pesos|chilenske pesos|"
            "chilska pesa|chilske peso|chilskych pes|peso chileno|peso chilian|peso chilien|"
            "peso chilijskie|peso cileno|pesos chilenos|pesos chilieni|pesos chiliens|"
            "pesos chilijskich|pesos chilijskie|pesos cileni|sili pesosu|чилиискии песо|"
            "чилииских песо|чиліиськии песо|чиліиських песо|чиліиські песо"
        ),
        "COP": (
            "colombiaanse peso|colombian peso|colombian pesos|colombiansk peso|colombianska pesos|"
            "colombianske pesos|kolombiya pesosu|kolumbiai peso|kolumbian peso|kolumbian pesoa|"
            "kolumbianische pesos|kolumbianischer peso|kolumbijska pesa|kolumbijske peso|"
            "kolumbijskych pes|peso colombiano|peso colombien|peso columbian|peso kolumbijskie|"
            "pesos colombiani|pesos colombianos|pesos colombiens|pesos columbieni|"
            "pesos kolumbijskich|pesos kolumbijskie|колумбиискии песо|колумбииских песо|"
            "колумбіиськии песо|колумбіиських песо|колумбіиські песо"
        ),
        "ZAR": (
            "del-afrikai rand|etela-afrikan randi|etela-afrikan randia|guney afrika randi|"
            "jihoafricke randy|jihoafricky rand|jihoafrickych randu|rand poludniowoafrykanski|"
            "rand sud-africain|rand sud-african|rand sudafricani|rand sudafricano|"
            "rand sul-africano|randow poludniowoafrykanskich|rands sud-africains|"
            "rands sudafricanos|rands sul-africanos|randy poludniowoafrykanskie|"
            "ranzi sud-africani|sorafrikansk rand|sorafrikanske rand|south african rand|"
            "sudafrikanische rand|sudafrikanischer rand|sydafrikansk rand|sydafrikanska rand|"
            "sydafrikanske rand|zuid-afrikaanse rand|південноафриканськии ранд|"
            "південноафриканських рандів|південноафриканські ранди|южноафриканскии рэнд|"
            "южноафриканских рэнда|южноафриканских рэндов"
        ),
        "ILS": (
            "israeli new shekel|israeli new shekels|israelin uusi sekeli|israelin uutta sekelia|"
            "israelische neue schekel|israelische nieuwe shekel|israelischer neuer schekel|"
            "israelisk ny shekel|israeliska nya shekel|izraeli uj sekel|izraelske nove sekely|"
            "izraelsky novy sekel|izraelskych novych sekelu|nouveau shekel israelien|"
            "nouveaux shekels israeliens|novo shekel israelense|novos shekels israelenses|"
            "nowe szekle izraelskie|nowy szekel izraelski|nowych szekli izraelskich|"
            "nuevo sequel israeli|nuevos sequeles israelies|nuovi sicli israeliani|"
            "nuovo siclo israeliano|ny israelsk shekel|nye israelske shekel|nye israelske shekler|"
            "shekel israelian nou|shekeli israelieni noi|yeni israil sekeli|"
            "новыи израильскии шекель|новых израильских шекелеи|новых израильских шекеля|"
            "ізраільськии новии шекель|ізраільських нових шекелів|ізраільські нові шекелі"
        ),
        "AED": (
            "arabiemiirikuntien dirhami|arabiemiirikuntien dirhamia|bae dirhemi|"
            "birlesik arap emirlikleri dirhemi|dirham de los emiratos arabes unidos|"
            "dirham degli eau|dirham degli emirati arabi uniti|dirham des emirats arabes unis|"
            "dirham din emiratele arabe unite|dirham dos eau|dirham dos emirados arabes unidos|"
            "dirham fra de forenede arabiske emirater|dirham zea|"
            "dirhami din emiratele arabe unite|dirhamow zea|dirhams de los emiratos arabes unidos|"
            "dirhams des emirats arabes unis|dirhams dos eau|dirhamy zea|eae-dirham|"
            "emiratarabisk dirham|emiratarabiske dirham|emiratisk dirham|fae-dirham|sae dirham|"
            "sae dirhamu|sae dirhamy|uae dirham|uae dirhams|united arab emirates dirham|"
            "vae-dirham|verenigde arabische emiraten-dirham|дирхам оае|дирхам оаэ|дирхама оаэ|"
            "дирхами оае|дирхамов оаэ|дирхамів оае"
        ),
        "SAR": (
            "rial saudi|rial saudit|rial saudyjski|riale saudyjskie|riales saudies|riali sauditi|"
            "riali saudyjskich|riyal saoudien|riyal saudita|riyal sauditi|riyales sauditas|"
            "riyals saoudiens|saoedi-arabische riyal|saudi riyal|saudi riyals|saudi-arabian rial|"
            "saudi-arabian rialia|saudi-rial|saudiarabisk riyal|saudiarabiske riyal|"
            "saudiarabiske riyaler|saudisk riyal|saudiska riyal|saudske rijaly|saudsky rijal|"
            "saudskych rijalu|suudi arabistan riyali|szaudi rial|саудовскии риял|саудовских рияла|"
            "саудовских риялов|саудівськии ріал|саудівських ріалів|саудівські ріали"
        ),
        "KRW": (
            "del-koreai won|etela-korean won|etela-korean wonia|guney kore wonu|jihokorejske wony|"
            "jihokorejsky won|jihokorejskych wonu|sorkoreansk won|sorkoreanske won|"
            "south korean won|sudkoreanische won|sudkoreanischer won|sydkoreansk won|"
            "sydkoreanska won|sydkoreanske won|won poludniowokoreanski|won sud-coreean|"
            "won sud-coreen|won sudcoreani|won sudcoreano|won sul-coreano|won surcoreano|"
            "woni sud-coreeni|wonow poludniowokoreanskich|wons sud-coreens|wons sul-coreanos|"
            "wons surcoreanos|wony poludniowokoreanskie|zuid-koreaanse won|південнокореиськии вон|"
            "південнокореиських вонів|південнокореиські вони|южнокореиская вона|"
            "южнокореиские воны|южнокореиских вон"
        ),
        "SGD": (
            "dolar singaporez|dolar singapurense|dolar singapuriano|dolar singapurski|"
            "dolares singapurenses|dolares singapurianos|dolari singaporezi|dolarow singapurskich|"
            "dolary singapurskie|dollar de singapour|dollari di singapore|dollaro di singapore|"
            "dollars de singapour|singapore dollar|singapore dollars|singaporeansk dollar|"
            "singaporeanske dollar|singaporen dollari|singaporen dollaria|singaporese dollar|"
            "singaporiansk dollar|singaporianska dollar|singaporsk dollar|singaporske dollar|"
            "singapur dolari|singapur-dollar|singapurske dolary|singapursky dolar|"
            "singapurskych dolaru|szingapuri dollar|сингапурскии доллар|сингапурских доллара|"
            "сингапурских долларов|сінгапурськии долар|сінгапурських доларів|сінгапурські долари"
        ),
        "HKD": (
            "dolar de hong kong|dolar din hong kong|dolar hongkones|dolar hongkonski|"
            "dolares de hong kong|dolares hongkoneses|dolari din hong kong|dolarow hongkonskich|"
            "dolary hongkonskie|dollar de hong kong|dollari di hong kong|dollaro di hong kong|"
            "dollars de hong kong|hong kong dolari|hong kong dollar|hong kong dollars|"
            "hongkong-dollar|hongkongdollar|hongkongi dollar|hongkongin dollari|"
            "hongkongin dollaria|hongkongse dollar|hongkongsk dollar|hongkongske dolary|"
            "hongkongske dollar|hongkongsky dolar|hongkongskych dolaru|гонконгскии доллар|"
            "гонконгских доллара|гонконгских долларов|гонконгськии долар|гонконгських доларів|"
            "гонконгські долари"
        ),
        "THB": (
            "baht tailandes|baht tajski|baht thailandais|baht thailandese|baht thailandesi|"
            "baht thailandez|bahti thailandezi|bahtow tajskich|bahts tailandeses|"
            "bahts thailandais|bahty tajskie|bat tailandes|bats tailandeses|tayland bahti|"
            "thai baht|thailandische baht|thailandischer baht|thailandsk baht|thailandska baht|"
            "thailandske baht|thaimaan baht|thaimaan bahtia|thaise baht|thajske bahty|"
            "thajsky baht|thajskych bahtu|таиландскии бат|таиландских бата|таиландских батов|"
            "таіландськии бат|таіландських батів|таіландські бати"
        ),
        "KZT": (
            "kasachische tenge|kasachischer tenge|kasakhisk tenge|kasakhiske tenge|"
            "kasakhstansk tenge|kasakhstanske tenge|kazachse tenge|kazahsztani tenge|"
            "kazakhstani tenge|kazakhstani tenges|kazakisk tenge|kazakiska tenge|"
            "kazakistan tengesi|kazakstanin tenge|kazakstanin tengea|kazasske tenge|"
            "kazasskych tenge|tenge cazaque|tenge kazachskich|tenge kazachskie|tenge kazaha|"
            "tenge kazahe|tenge kazakh|tenge kazaki|tenge kazako|tenges cazaques|tenges kazakhs|"
            "tengue kazajo|tengues kazajos|казахскии тенге|казахских тенге|казахстанськии тенге|"
            "казахстанських тенге|казахстанські тенге"
        ),
        "BYN": (
            "belarus rublesi|belarusian ruble|belarusian rubles|belarusisk rubel|"
            "belarusiska rubel|belarussische roebel|belarusz rubel|beloruske rubly|belorusky rubl|"
            "beloruskych rublu|hviderussisk rubel|hviderussiske rubler|ny belarusisk rubel|"
            "nye belarusiske rubler|rouble bielorusse|roubles bielorusses|rubel bialoruski|"
            "rubla belarusa|ruble belaruse|ruble bialoruskie|rubli bialoruskich|rubli bielorussi|"
            "rublo bielorruso|rublo bielorrusso|rublo bielorusso|rublos bielorrusos|"
            "rublos bielorrussos|valko-venajan rupla|valko-venajan ruplaa|weissrussische rubel|"
            "weissrussischer rubel|белорусскии рубль|белорусских рублеи|белорусских рубля|"
            "білоруськии рубль|білоруських рублів|білоруські рублі"
        ),
    }
)

CURRENCY_NAMES: Mapping[str, str] = MappingProxyType(
    {word: code for code, words in _NAMES.items() for word in words.split("|")}
)
