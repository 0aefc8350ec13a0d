"""What people call the columns of a deal, for files of no known tool: English, then the world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.text import slug
from pipeboard.exchange.fields import KINDS
from pipeboard.exchange.layouts import layout

_NAMES = {
    "external_id": (
        "id record_id opportunity_id deal_id crm_id deal_number opportunity_number "
        "datensatz_id id_de_registro id_enregistrement deal_uid uuid lead_id opp_id "
        "potential_id auftrag_id vorgang_id id_deal id_sdelki "
        "do_not_modify_opportunity nicht_andern_verkaufschance ne_pas_modifier_opportunite "
        "no_modificar_oportunidad nao_modificar_oportunidade non_modificare_opportunita "
        "niet_wijzigen_verkoopkans task_id box_key card_id opportunity_ref deal_ref "
        "opportunity_key issue_id lead_number chancennummer ref_n "
        "案件番号 案件id 商談id מזהה κωδικός รหัส المعرف"
    ),
    "title": (
        "name deal deal_name deal_title opportunity opportunity_name subject project "
        "title_of_deal project_name box_name potential_name potential lead_name item task "
        "card card_name opportunity_title sujet thema auftrag auftragsname geschaft "
        "geschaftsname verkaufschance "
        "bezeichnung titel betreff vorgang projekt nom nom_de_l_affaire affaire titre "
        "nom_de_la_transaction transaction nombre nombre_del_negocio negocio oportunidad "
        "oportunidade nome nome_do_negocio titulo nome_affare affare opportunita trattativa "
        "titolo dealnaam naam kans nazwa nazwa_transakcji szansa nazev obchod nazov "
        "nazev_obchodu nazov_obchodu "
        "megnevezes uzlet firsat firsat_adi anlasma название название_сделки сделка назва "
        "назва_угоди угода affarsmojlighet affar handel salgsmulighed mulighet kauppa nimi "
        "nev ugylet nume nama "
        "denumire oportunitate 商机 商机名称 商談 商談名 案件名 거래 거래명 העסקה שם_העסקה "
        "dealname topic summary task_name intitule libelle nome_opportunita nom_de_l_opportunite "
        "nombre_de_la_oportunidad nome_da_oportunidade naam_van_de_kans nazwa_szansy "
        "nazov_prilezitosti τίτλος όνομα ευκαιρία ชื่อดีล اسم_الصفقة الصفقة الفرصة "
        "ten_co_hoi co_hoi ten_giao_dich nama_peluang peluang nama_kesepakatan naziv prilika "
        "naziv_prilike posao priloznost naziv_priloznosti pavadinimas sandoris nosaukums darijums "
        "mulighed salgsmulighed_navn verkoopkans 商機名稱 商機 機會 機會名稱 案名 商談件名 "
        "영업기회 "
        "기회명 שם_הזדמנות הזדמנות نام_معامله معامله lead opportunita_nome "
        "uzlet_neve naziv_posla obchodni_pripad सौदे_का_नाम सौदा"
    ),
    "account": (
        "account_name company company_name organization organisation organization_name "
        "organisation_name customer customer_name client client_name associated_company "
        "associated_company_primary lead_company related_account account_company firma "
        "firmenname unternehmen kunde kundenname zugehoriges_unternehmen societe entreprise "
        "compte client_nom nom_du_compte entreprise_associee empresa cliente cuenta "
        "organizacion azienda societa conta organizacao bedrijf klant klant_naam firma_nazwa "
        "klient firma_nazev zakaznik spolecnost ceg ugyfel vallalat sirket musteri компания "
        "клиент организация контрагент компанія клієнт організація foretag kund virksomhed "
        "bedrift asiakas yritys companie "
        "客户 客户名称 公司 取引先 取引先名 会社 회사 고객 לקוח חברה "
        "potential_customer party tiers org_name organization_org_name contraente relatie "
        "εταιρεία πελάτης お客様 会社名 บริษัท ลูกค้า الشركة العميل "
        "primary_company companies related_companies potenzieller_kunde client_potentiel "
        "cliente_potencial cliente_potenziale potentiele_klant empresa_associada "
        "empresa_asociada azienda_associata khach_hang cong_ty pelanggan perusahaan klien kupac "
        "tvrtka stranka podjetje imone klientas klients uznemums zakaznik_firma kunde_navn "
        "客戶 客戶名稱 公司名稱 고객사 회사명 업체명 거래처 顧客 顧客名 企業名 שם_לקוח שם_חברה "
        "شرکت مشتری org фирма компания_клиент "
        "sales_account primary_account selskap kontrahent कंपनी ग्राहक"
    ),
    "pipeline": "pipeline_name vertriebspipeline tuyau embudo funil lejek воронка воронка_продаж",
    "stage": (
        "deal_stage stage_name sales_stage pipeline_stage to_stage opportunity_stage phase list "
        "list_name dealphase vertriebsphase verkaufsphase stufe etape phase_de_la_transaction "
        "etape_de_l_affaire etapa fase etapa_del_negocio fase_affare fase_trattativa "
        "etapa_do_negocio dealfase etap faza faze stadium szakasz fazis asama стадия "
        "стадия_сделки этап этап_сделки стадія етап steg fas salgsfase trin vaihe "
        "etapa_oportunitate 阶段 销售阶段 フェーズ 단계 שלב "
        "dealstage current_stage milestone section_column current_milestone fase_actual "
        "fase_attuale "
        "ステージ 商談フェーズ στάδιο φάση ขั้นตอน المرحلة "
        "step sales_phase bucket bucket_name new_stage stage_to stage_after pipelinephase "
        "phase_du_pipeline fase_de_la_canalizacion fase_do_pipeline pijplijnfase "
        "giai_doan tahap tahapan етап stadij stopnja etapas posms 階段 銷售階段 進度 商談ステージ "
        "영업단계 진행단계 진행상태 مرحله "
        "stepname pipeline_phase चरण"
    ),
    "status": (
        "outcome deal_outcome result win_loss won_lost "
        "deal_status opportunity_status status_type deal_state state statut estado stato "
        "статус stav allapot durum tila stare 状态 ステータス 상태 סטטוס "
        "opportunity_state stato_opportunita statut_opportunite "
        "quote_status estimate_status statecode_odata_community_display_v1_formattedvalue"
    ),
    "value": (
        "amount deal_value deal_amount deal_size close_value opportunity_amount "
        "estimated_value opportunity_value contract_value acv tcv revenue expected_revenue "
        "planned_revenue lead_value total_value total_amount price budget estimated_revenue "
        "potential_value deal_worth worth sum betrag wert auftragswert dealwert umsatz "
        "auftragsvolumen volumen summe montant valeur montant_de_la_transaction importe monto "
        "valor valor_del_negocio importo valore valor_do_negocio bedrag waarde kwota wartosc "
        "castka hodnota suma osszeg ertek tutar deger сумма сумма_сделки бюджет сума belopp "
        "varde belob verdi belop summa arvo valoare 金额 金額 금액 סכום ערך "
        "est_revenue bid_amount erwarteter_umsatz projected_revenue valor_unico "
        "montant_opportunite importo_stimato geschatte_waarde geschatte_omzet бюджет_руб "
        "geschatzter_umsatz revenu_estime ingresos_estimados ricavo_stimato receita_estimada "
        "est_value deal_amount_value gia_tri nilai nilai_kesepakatan iznos vrijednost vrednost "
        "znesek suma_umowy verte vertiba vaartus стойност 金額_税抜 受注金額 見積金額 売上 "
        "売上金額 "
        "預估金額 成交金額 합계금액 예상매출 예상금액 계약금액 مبلغ likely expected_value "
        "сумма_руб value_in_cents amount_in_cents amount_cents value_cents αξία ποσό "
        "มูลค่า المبلغ القيمة "
        "estimatedvalue revenu_espere राशि मूल्य total grand_total"
    ),
    "won_value": (
        "actual_revenue actual_value actual_amount actual_deal_value actual_deal_size "
        "amount_won won_amount won_revenue final_value final_amount final_price closed_amount "
        "closed_value closed_revenue closed_deal_amount tatsachlicher_umsatz ingresos_reales "
        "revenu_reel receita_real ricavo_effettivo werkelijke_omzet"
    ),
    "currency": (
        "currency_code currency_iso_code deal_currency amount_currency value_currency "
        "deal_currency_code currency_of_value valuta wahrung devise moneda moeda waluta mena "
        "penznem para_birimi doviz валюта valuta_deal valyuta 货币 通貨 통화 מטבע "
        "bid_currency devise_du_montant moneda_de_valor moeda_do_valor wahrung_des_betrags "
        "mena_obchodu tien_te mata_uang 幣別 貨幣 العملة"
    ),
    "owner": (
        "user deal_owner opportunity_owner sales_agent sales_rep sales_representative rep "
        "salesperson sales_person account_executive account_manager ae assigned_to assignee "
        "user_name assigned_user assigned_user_name owner_name sales_owner lead_owner "
        "record_owner responsible responsible_person assigned people member members agent "
        "seller person_in_charge user_id besitzer inhaber verantwortlich verantwortlicher "
        "deal_verantwortlicher zustandig bearbeiter vertriebsmitarbeiter betreuer "
        "proprietaire responsable commercial propietario vendedor proprietario responsabile "
        "responsavel proprietario_do_negocio eigenaar verantwoordelijke wlasciciel opiekun "
        "handlowiec vlastnik obchodnik zodpovedny felelos tulajdonos sahibi sorumlu "
        "ответственный менеджер владелец відповідальний agare ansvarig ejer eier omistaja "
        "vastuuhenkilo responsabil 负责人 所有者 担当者 담당자 אחראי "
        "hubspot_owner_id user_responsible assegnato_a salesperson_name toegewezen_aan "
        "przypisany_do "
        "υπεύθυνος assignees comercial vertrieb verkaufer handelaar saljare selger salgsperson "
        "handlowiec_opiekun nguoi_phu_trach nhan_vien pemilik sales_pic odgovorna_osoba "
        "vlasnik lastnik atsakingas atbildigais vastutaja отговорник търговец 負責人 業務 業務員 "
        "営業担当 営業担当者 담당 영업담당 영업담당자 المسؤول المالك ผู้รับผิดชอบ พนักงานขาย مسئول "
        "vendeur zugewiesener_benutzer zugewiesen_an utilisateur_assigne assigne_a "
        "penanggung_jawab ज़िम्मेदार owner_email owner_full_name owner_e_mail"
    ),
    "source": (
        "lead_source deal_source original_source quelle leadquelle origine origen fonte "
        "origem bron zrodlo zdroj forras kaynak источник джерело kalla kilde lahde sursa 来源 "
        "リードソース "
        "source_du_prospect lead_quelle fuente_de_prospecto"
    ),
    "contact_reason": "reason_for_contact",
    "tags": (
        "tag label labels deal_type_tags categories schlagworter etichette etiquetas "
        "etiquettes метки теги etiketter tunnisteet etichete"
    ),
    "created_at": (
        "created create_date created_date creation_date date_created created_on created_time "
        "date_of_creation "
        "date_added open_date opened date_entered date_opened start_date start erstellt "
        "erstelldatum erstellt_am anlagedatum datum_der_erstellung angelegt angelegt_am "
        "date_de_creation cree_le creation fecha_de_creacion creado fecha_creacion "
        "data_di_creazione creato data_de_criacao criado_em criado aangemaakt aanmaakdatum "
        "data_utworzenia utworzono datum_vytvoreni vytvoreno vytvorene letrehozva "
        "letrehozas_datuma olusturulma_tarihi дата_создания создано дата_створення створено "
        "skapad skapad_datum oprettet opprettet luotu data_crearii creat_la "
        "创建时间 创建日期 作成日 생성일 "
        "תאריך_יצירה "
        "createdate add_time creation creato_il aangemaakt_op registrert registreret "
        "data_creazione "
        "creado_el criada_em ημερομηνία_δημιουργίας "
        "added_at added_on negocio_creado deal_created negocio_criado affaire_creee fecha_de_alta "
        "fecha_alta data_apertura data_de_abertura zalozeno datum_zalozeni zalozene "
        "datum_otvaranja datum_kreiranja kreirano ustvarjeno sukurta izveidots loodud "
        "създадена създаден дата_на_създаване ngay_tao tanggal_dibuat dibuat 建立日期 建立時間 "
        "등록일 작성일 登録日 תאריך_פתיחה تاريخ_الإنشاء วันที่สร้าง تاریخ_ایجاد "
        "heure_de_creation trato_creado toegevoegd_op создана создан 생성일시 निर्माण_तिथि "
        "createdon luontipaiva"
    ),
    "close_date": (
        "close closing closing_date closed_date date_closed closure_date end_date deal_close_date "
        "abschlussdatum abschluss schlussdatum date_de_cloture date_de_fermeture "
        "fecha_de_cierre fecha_cierre data_di_chiusura data_chiusura data_de_fechamento "
        "sluitdatum sluitingsdatum data_zamkniecia datum_uzavreni datum_uzavretia "
        "lezaras_datuma zaras_datuma kapanis_tarihi дата_закрытия дата_завершения "
        "дата_закриття stangningsdatum slutdatum lukkedato sulkemispaiva data_inchiderii 结束日期 "
        "成交日期 完了予定日 마감일 תאריך_סגירה "
        "تاريخ_الإغلاق ngay_dong tanggal_tutup datum_zatvaranja "
        "closedate salgsdato uzavreno uzavrete lezarva zamkniete "
        "cloture"
    ),
    "closed_at": (
        "closed_on actual_close_date actual_close actual_closing_date actual_closed_date "
        "closed_time close_time completed_at completed_on completed_date resolved resolution_date "
        "afgesloten_op geschlossen_am ferme_le cerrado_el chiuso_il fechado_em "
        "actual_closing tatsachliches_abschlussdatum date_de_cloture_reelle "
        "fecha_de_cierre_real data_di_chiusura_effettiva "
        "actualclosedate"
    ),
    "won_at": (
        "won_date date_won won_time won_on ganado_el gagne_le gewonnen_am vinto_il ganho_em "
        "hora_de_trato_ganado closed_won_date closed_won_at closed_won_on closed_won_time "
        "date_closed_won deal_won_date"
    ),
    "lost_at": (
        "lost_date date_lost lost_time lost_on perdido_el perdu_le verloren_am perso_il "
        "perdido_em hora_de_trato_perdido closed_lost_date closed_lost_at closed_lost_on "
        "closed_lost_time date_closed_lost deal_lost_date"
    ),
    "expected_close": (
        "expected_close_date expected_closing_date estimated_close_date expected_closing "
        "target_close_date forecast_close_date projected_close_date close_date_expected "
        "erwartetes_abschlussdatum voraussichtlicher_abschluss date_de_cloture_prevue "
        "fecha_de_cierre_prevista fecha_prevista_de_cierre data_di_chiusura_prevista "
        "data_de_fechamento_prevista verwachte_sluitdatum przewidywana_data_zamkniecia "
        "ocekavane_datum_uzavreni varhato_zaras tahmini_kapanis_tarihi tahmini_kapanis "
        "предполагаемая_дата_закрытия ожидаемая_дата_закрытия очікувана_дата_закриття "
        "est_close_date date_d_echeance geschatte_afsluitdatum planowane_zamkniecie "
        "anticipated_close_date anticipated_close estimated_closing_date cloture_prevue "
        "geschatztes_abschlussdatum date_de_cloture_estimee fecha_de_cierre_estimada "
        "data_de_fechamento_estimada data_di_chiusura_stimata geschatte_sluitingsdatum "
        "erwarteter_abschluss abschluss_erwartet cierre_previsto cierre_estimado "
        "previsao_de_fechamento fechamento_previsto verwachte_afsluitdatum verwachte_afsluiting "
        "planowana_data_zamkniecia ocekavane_uzavreni ocakavane_uzavretie forvantat_avslut "
        "forventet_lukkedato forventet_avslutning arvioitu_paatos inchidere_estimata "
        "ocekivano_zatvaranje predvideno_zaprtje очаквано_приключване ngay_dong_du_kien "
        "perkiraan_tutup 預計結案日 預計成交日 예상_마감일 예상마감일 수주예정일 受注予定日 "
        "成約予定日 "
        "fecha_cierre_prevista fecha_prevista chiusura_prevista geplanter_abschluss 预计成交日期 "
        "预计结束日期 "
        "estimatedclosedate плановая_дата_закрытия predpokladane_uzavreni "
        "data_estimata_a_inchiderii αναμενόμενο_κλείσιμο arvioitu_paatospaiva "
        "תאריך_סגירה_צפוי تاريخ_الإغلاق_المتوقع ngay_chot_du_kien วันที่คาดว่าจะปิด "
        "perkiraan_tanggal_tutup अनुमानित_समापन_तिथि تاریخ_بستن geplanter_dealabschluss"
    ),
    "stage_entered_at": (
        "last_stage_change last_stage_change_date date_entered_stage stage_date "
        "stage_changed_at stage_change_date date_of_stage_change stage_entered "
        "last_stage_change_at changed_at change_date stage_changed_on "
        "date_stage_changed date_last_stage_update stage_entry_date"
    ),
    "probability": (
        "win_probability probability_percent confidence deal_probability chance likelihood "
        "wahrscheinlichkeit probabilite probabilidad probabilita probabilidade "
        "kans_percentage prawdopodobienstwo pravdepodobnost pravdepodobnost_uspechu "
        "valoszinuseg olasilik вероятность імовірність ймовірність sannolikhet sandsynlighed "
        "sannsynlighet todennakoisyys probabilitate "
        "probability_of_winning kans_op_succes kans win_percent chance_percent close_percent "
        "winning_percent ความน่าจะเป็น chance_of_success slaagkans erfolgschance "
        "chances_de_succes 確度 受注確度 赢率 贏率 成功率 확률 수주확률 xac_suat vjerojatnost "
        "verjetnost "
        "closeprobability wahrsch prob संभावना"
    ),
    "forecast_category": "forecast_category_name",
    "lost_reason": (
        "loss_reason reason_lost reason_for_loss closed_lost_reason lost_because verlustgrund "
        "grund_des_verlusts raison_de_perte motif_de_perte motivo_de_perdida motivo_da_perda "
        "motivo_perdita reden_van_verlies powod_utraty duvod_prohry причина_проигрыша "
        "причина_отказа причина_программы reason_for_losing motivo_de_la_perdida "
        "motif_de_la_perte motivo_della_perdita raison_de_la_perte 失注理由 输单原因 실주사유"
    ),
    "competitor": "lost_to main_competitor",
    "competitors": "main_competitor_s",
    "next_text": (
        "next_step next_steps next_action next_activity nachster_schritt prochaine_etape "
        "proximo_paso prossimo_passo proximo_passo volgende_stap nastepny_krok dalsi_krok "
        "следующий_шаг наступний_крок"
    ),
    "next_due": (
        "next_step_date next_step_due next_action_date next_activity_date follow_up_date "
        "next_contact_date followup_date due_date"
    ),
    "contact_name": (
        "contact contact_person primary_contact person person_name contacts_names "
        "associated_contact kontakt ansprechpartner kontaktperson personne contacto persona "
        "contatto contato contactpersoon kontaktni_osoba kapcsolattarto kisi контакт "
        "контактное_лицо контактна_особа"
    ),
    "contact_email": "email email_address e_mail contact_email_address",
    "contact_phone": (
        "phone phone_number telephone mobile telefon telefono telefone telefoon телефон"
    ),
    "note": (
        "notes details description comment comments remarks notiz notizen beschreibung bemerkung "
        "kommentar commentaire commentaires notas comentarios descripcion descrizione "
        "descricao opmerking opmerkingen notatka opis poznamka poznamky megjegyzes leiras "
        "notlar aciklama комментарий комментарии примечание описание коментар"
    ),
    "archived": "is_archived archive_status",
    "deleted": "is_deleted",
    "is_won": "won is_closed_won closed_won",
    "is_lost": "lost is_closed_lost closed_lost",
    "is_closed": "closed is_deal_closed",
    "external_source": "source_of_id",
}

_OF_OURS = ("version", "active", "rank", "given_by", "recycled_from", "merged_into")
"""Names of fields that are something else in the files of others."""

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {name: name for name in KINDS if name not in _OF_OURS}
    | {slug(column): target for column, target in layout.ALIASES.items()}
    | {slug(synonym): target for target, names in _NAMES.items() for synonym in names.split()}
)
"""The field that a column name stands for, by its slug."""

RANKS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(KINDS, 0)
    | {
        slug(synonym): place
        for names in _NAMES.values()
        for place, synonym in enumerate(names.split(), 1)
    }
)
"""How far down its list each word stands."""
