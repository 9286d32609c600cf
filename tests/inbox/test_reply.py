"""What a reply seems to say: by plain words in seven languages, of what its writer wrote alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from receivables.errors import PolicyError
from receivables.inbox.html import visible_text
from receivables.inbox.reply import classify_reply, own_words
from receivables.inbox.words import INBOX, LANGUAGES, load_words

SAID = [
    # text | seems | because
    ("We have paid this invoice on 2 March.", "paid", "en"),
    ("We will pay by Friday.", "promise", "en"),
    ("We dispute this invoice: the pump was faulty.", "dispute", "en"),
    ("You have the wrong person.", "wrong_person", "en"),
    ("Please send us the invoice, we never got it.", "needs_copy", "en"),
    ("Hello, who are you?", "other", "en: nothing known"),
    ("The invoice has not been paid yet.", "other", "en: a denial is no payment"),
    ("We have not paid, we will pay on Monday.", "promise", "en: a denial, then a promise"),
    ("We have paid one; the other we dispute.", "dispute", "en: of two, what must not be missed"),
    ("Die Rechnung wurde am 2. März bezahlt.", "paid", "de"),
    ("Wir werden bis Freitag überweisen, die Zahlung erfolgt am 6. März.", "promise", "de"),
    ("Die Ware war beschädigt, wir bitten um Gutschrift.", "dispute", "de"),
    ("Ich bin dafür nicht zuständig.", "wrong_person", "de"),
    ("Bitte senden Sie uns eine Rechnungskopie.", "needs_copy", "de"),
    ("Die Rechnung ist noch nicht bezahlt.", "other", "de: a denial"),
    ("O boleto já foi pago, segue o comprovante.", "paid", "pt"),
    ("O pagamento será feito na sexta-feira.", "promise", "pt"),
    ("Não reconhecemos esta cobrança indevida.", "dispute", "pt"),
    ("Não sou o responsável por isso.", "wrong_person", "pt"),
    ("Favor enviar a segunda via da nota.", "needs_copy", "pt"),
    ("Ainda não pagamos.", "other", "pt: a denial"),
    ("La facture a été réglée par virement.", "paid", "fr"),
    ("Nous allons payer cette semaine.", "promise", "fr"),
    ("Nous contestons le montant.", "dispute", "fr"),
    ("Je ne suis pas la bonne personne, ce n’est pas la bonne personne.", "wrong_person", "fr"),
    ("Merci de nous envoyer un duplicata.", "needs_copy", "fr"),
    ("La facture n’a pas été payée.", "other", "fr: a denial, with a curly apostrophe"),
    ("Счёт уже оплачен.", "paid", "ru"),
    ("Мы оплатим в пятницу.", "promise", "ru"),
    ("Мы не согласны со счётом.", "dispute", "ru"),
    ("Обратитесь к бухгалтеру.", "wrong_person", "ru"),
    ("Пришлите счёт ещё раз.", "needs_copy", "ru"),
    ("Счёт не оплачен.", "other", "ru: a denial"),
    ("La factura ya está pagada.", "paid", "es"),
    ("Vamos a pagar el viernes.", "promise", "es"),
    ("No estamos de acuerdo con el importe.", "dispute", "es"),
    ("Soy la persona equivocada.", "wrong_person", "es"),
    ("No hemos recibido la factura.", "needs_copy", "es"),
    ("Aún no hemos pagado.", "other", "es: a denial"),
    ("La fattura è stata pagata ieri.", "paid", "it"),
    ("Pagheremo entro venerdì.", "promise", "it"),
    ("La merce era difettosa, chiediamo nota di credito.", "dispute", "it"),
    ("Non sono la persona giusta.", "wrong_person", "it"),
    ("Potete inviare la fattura?", "needs_copy", "it"),
    ("Non abbiamo pagato.", "other", "it: a denial"),
]


@pytest.mark.parametrize(("text", "seems", "because"), SAID, ids=[f"{r[2]} {r[1]}" for r in SAID])
def test_what_a_reply_seems_to_say(text: str, seems: str, because: str) -> None:
    found, rule = classify_reply(text)
    assert found == seems, because
    assert rule == ("no words known" if seems == "other" else f"words:{because[:2]}")


QUOTED = [
    # what stands between the reply and our own words | language
    "On Wed, 4 Mar 2026 at 09:00, Seller <ar@seller.example> wrote:",
    "On Wed, 4 Mar 2026 at 09:00, Seller\n<ar@seller.example> wrote:",
    "Am Mi., 4. März 2026 um 09:00 Uhr schrieb Seller <ar@seller.example>:",
    "Em qua., 4 de mar. de 2026 às 09:00, Seller <ar@seller.example> escreveu:",
    "Le mer. 4 mars 2026 à 09:00, Seller <ar@seller.example> a écrit :",
    "ср, 4 мар. 2026 г. в 09:00, Seller <ar@seller.example> пишет:",
    "El mié, 4 mar 2026 a las 9:00, Seller (<ar@seller.example>) escribió:",
    "Il giorno mer 4 mar 2026 alle ore 09:00 Seller <ar@seller.example> ha scritto:",
    "-----Original Message-----",
    "________________________________",
    "From: Seller\nSent: Wednesday\nTo: Kaya\nSubject: reminder",
    "Von: Seller\nGesendet: Mittwoch\nAn: Kaya\nBetreff: Erinnerung",
    "De : Seller\nEnvoyé : mercredi\nÀ : Kaya\nObjet : rappel",
    "От: Seller\nОтправлено: среда\nКому: Kaya\nТема: напоминание",
    "-- ",
]


@pytest.mark.parametrize("mark", QUOTED, ids=[mark[:24] for mark in QUOTED])
def test_what_is_quoted_is_not_the_writers(mark: str) -> None:
    text = f"Thank you.\n\n{mark}\nIf you have already paid, or dispute it, tell us.\n"
    assert own_words(text) == "Thank you."
    assert classify_reply(text)[0] == "other"


def test_answers_between_the_lines_are_read() -> None:
    assert own_words("> Have you paid?\nYes, we have paid.\n> Thanks") == "Yes, we have paid."


def test_a_html_mail_is_read_without_what_it_quotes_or_hides() -> None:
    html = (
        "<style>dispute</style><p>we <b>paid</b> &amp; thanks</p><script>dispute()</script>"
        "<blockquote>dispute</blockquote><p>bye</p><div class='gmail_quote'>dispute</div>"
    )
    assert visible_text(html).split() == ["we", "paid", "&", "thanks", "bye"]


def test_every_language_of_the_letters_has_its_words() -> None:
    assert {words.language for words in load_words()} == set(LANGUAGES)
    assert {file.stem for file in INBOX.glob("*.yaml")} == set(LANGUAGES)


def test_all_faults_of_the_words_are_told_at_once(tmp_path: Path) -> None:
    for language in LANGUAGES:
        body = yaml.safe_load((INBOX / f"{language}.yaml").read_text(encoding="utf-8"))
        if language == "de":
            body["reply"].pop("paid")
        if language == "ru":
            body["auto_reply"]["left"] = []
        (tmp_path / f"{language}.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
    (tmp_path / "it.yaml").write_text("\ttab", encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_words(tmp_path)
    for told in ("de.yaml: reply", "ru.yaml: auto_reply.left", "it.yaml"):
        assert told in str(refused.value)
