"""Names of months in 34 languages, folded as `fold` does; made by `tests/cldr.py`."""

from __future__ import annotations

from collections.abc import Mapping

# Of the CLDR, as Babel 2.19.0 carries it (Unicode License v3).

MONTH_NAMES: Mapping[int, str] = {
    1: (
        "ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janeiro janner januar "
        "januara januari january janv janvaris janvier led leden ledna oca ocak saus sausio "
        "sausis sty styczen stycznia tammi tammikuu tammikuuta ιαν ιανουαριοσ ιανουαριου січ "
        "січень січня янв январь января яну януари јан јануар בינואר ינואר يناير ژانویه जनवरी "
        "มกราคม"
    ),
    2: (
        "feb febbraio feber febr febrer febrero februar februara februari februarie februaris "
        "february fev fevereiro fevr fevrier helmi helmikuu helmikuuta lut lutego luty sub "
        "subat uno unor unora vas vasario vasaris veebr veebruar φεβ φεβρουαριοσ φεβρουαριου "
        "лют лютии лютого феб фебруар фев февр февраль февраля февруари בפברואר פברואר فبراير "
        "فوریه फरवरी กมภาพันธ์"
    ),
    3: (
        "bre brezen brezna kov kovas kovo maalis maaliskuu maaliskuuta maart maerz mar marc "
        "marca march marcius marco marec maret mars mart martie marts marz marzec marzo mrt "
        "μαρ μαρτιοσ μαρτιου бер березень березня мар март марта במרץ מרץ مارس मारच มีนาคม"
    ),
    4: (
        "abr abril apr april aprila aprile aprilie aprilis aprill avr avril bal balandis "
        "balandzio dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia nis nisan "
        "απρ απριλιοσ απριλιου апр апрель апреля април квіт квітень квітня אפריל באפריל ابريل "
        "اوریل अपरैल เมษายน"
    ),
    5: (
        "geg geguze geguzes kve kveten kvetna mag maggio mai maig maijs maio maj maja majus "
        "may mayis mayo mei touko toukokuu toukokuuta μαι μαιοσ μαιου маи мая мај трав "
        "травень травня במאי מאי مايو مه मई พฤษภาคม"
    ),
    6: (
        "birz birzelio birzelis cerven cervna cvn cze czerwca czerwiec giu giugno haz haziran "
        "iun iunie juin jun juna june junho juni junij junijs junio junius juny juuni kesa "
        "kesakuu kesakuuta ιουν ιουνιοσ ιουνιου июн июнь июня черв червень червня юни јун "
        "ביוני יוני يونيو ژوين जून มิถนายน"
    ),
    7: (
        "cervence cervenec cvc heina heinakuu heinakuuta iul iulie juil juillet jul jula "
        "julho juli julij julijs julio juliol julius july juuli liep liepa liepos lip lipca "
        "lipiec lug luglio tem temmuz ιουλ ιουλιοσ ιουλιου июл июль июля лип липень липня юли "
        "јул ביולי יולי يوليو ژويیه जुलाई กรกฎาคม"
    ),
    8: (
        "ag ago agost agosto agt agu agustos agustus aout aug august augusta augusti augusts "
        "augustus augusztus avg avgust elo elokuu elokuuta rugp rugpjucio rugpjutis sie "
        "sierpien sierpnia srp srpen srpna αυγ αυγουστοσ αυγουστου авг август августа серп "
        "серпень серпня אוגוסט באוגוסט اغسطس اوت अगसत สิงหาคม"
    ),
    9: (
        "eyl eylul rugs rugsejis rugsejo sep sept septembar september septembra septembre "
        "septembrie septembris septiembre set setembre setembro settembre syys syyskuu "
        "syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari σεπ σεπτεμβριοσ "
        "σεπτεμβριου вер вересень вересня сен сент сентябрь сентября сеп септембар септември "
        "בספטמבר ספטמבר سبتمبر سپتامبر सितंबर กันยายน"
    ),
    10: (
        "eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktobar "
        "oktober oktobra oktobris oktoober ott ottobre out outubro paz pazdziernik "
        "pazdziernika rij rijen rijna spal spalio spalis οκτ οκτωβριοσ οκτωβριου жовт жовтень "
        "жовтня окт октобар октомври октябрь октября אוקטובר באוקטובר اكتوبر اکتبر अकटूबर "
        "ตลาคม"
    ),
    11: (
        "kas kasim lapkr lapkricio lapkritis lis listopad listopada listopadu marras "
        "marraskuu marraskuuta noiembrie nov novembar november novembra novembre novembris "
        "novembro noviembre νοε νοεμβριοσ νοεμβριου лист листопад листопада нов новембар ное "
        "ноември ноя нояб ноябрь ноября בנובמבר נובמבר نوامبر نوفمبر नवंबर พฤศจิกายน"
    ),
    12: (
        "ara aralik dec decembar december decembra decembre decembrie decembris des desember "
        "desembre dets detsember dez dezember dezembro dic dicembre diciembre gru grudnia "
        "grudzien gruod gruodis gruodzio joulu joulukuu joulukuuta pro prosince prosinec δεκ "
        "δεκεμβριοσ δεκεμβριου груд грудень грудня дек декабрь декабря декември дец децембар "
        "בדצמבר דצמבר دسامبر ديسمبر दिसंबर ธันวาคม"
    ),
}

CROATIAN_MONTHS: Mapping[int, str] = {
    1: "sij sijecanj sijecnja",
    2: "velj veljaca veljace",
    3: "ozu ozujak ozujka",
    4: "tra travanj travnja",
    5: "svi svibanj svibnja",
    6: "lip lipanj lipnja",
    7: "srp srpanj srpnja",
    8: "kol kolovoz kolovoza",
    9: "ruj rujan rujna",
    10: "lis listopad listopada",
    11: "stu studeni studenoga",
    12: "pro prosinac prosinca",
}
