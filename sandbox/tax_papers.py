"""The XML and OFD of a played invoice. Both say that they are samples: nobody has signed them."""

import io
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

from core.clock import SHOP_ZONE
from sandbox.tax_file import NOTICE
from sandbox.timetable import Doc

OFD_NS = "http://www.ofdspec.org/2016"


def invoice_xml(doc: Doc, seller_name: str) -> bytes:
    """The shape of the bureau's EInvoice, without a signature."""
    order = doc["order"]
    at = datetime.fromisoformat(doc["issued_at"]).astimezone(SHOP_ZONE)
    items = "".join(_item(row) for row in order["invoiceDetail"])
    general = "01" if order["invoiceLine"] == "bs" else "02"
    red = ""
    if doc["red_of"]:
        red = (
            "<SpecificInformation><RedEInvoice>"
            f"<OriginalInvoiceCode>{doc['red_of']}</OriginalInvoiceCode>"
            f"<CreditNoteNumber>{doc['form_no']}</CreditNoteNumber>"
            "</RedEInvoice></SpecificInformation>"
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><EInvoice><Header>'
        f"<EIid>{doc['number']}</EIid><EInvoiceTag>SWEI3100</EInvoiceTag><Version>0.35</Version>"
        f"<InherentLabel><InIssuType><LabelCode>{'N' if red else 'Y'}</LabelCode></InIssuType>"
        f"<GeneralOrSpecialVAT><LabelCode>{general}</LabelCode></GeneralOrSpecialVAT>"
        "</InherentLabel></Header><EInvoiceData>"
        f"<SellerInformation><SellerIdNum>{escape(doc['seller'])}</SellerIdNum>"
        f"<SellerName>{escape(seller_name)}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{escape(order.get('buyerTaxNum', ''))}</BuyerIdNum>"
        f"<BuyerName>{escape(order['buyerName'])}</BuyerName></BuyerInformation>"
        f"<BasicInformation><TotalAmWithoutTax>{doc['ex']}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{doc['tax']}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{doc['incl']}</TotalTax-includedAmount>"
        f"<Drawer>{escape(order['clerk'])}</Drawer></BasicInformation>{items}{red}"
        f"<AdditionalInformation><Remark>{escape(order.get('remark', ''))} {NOTICE}</Remark>"
        "</AdditionalInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{doc['number']}</InvoiceNumber>"
        f"<IssueTime>{at:%Y-%m-%d %H:%M:%S}</IssueTime></TaxSupervisionInfo></EInvoice>"
    )
    return text.encode()


def _item(row: Doc) -> str:
    fields = {
        "ItemName": row["goodsName"],
        "SpecMod": row.get("specType", ""),
        "MeaUnits": row.get("unit", ""),
        "Quantity": row.get("num", ""),
        "UnPrice": row.get("price", ""),
        "Amount": row["taxExcludedAmount"],
        "TaxRate": row["taxRate"],
        "ComTaxAm": row["tax"],
        "TotaltaxIncludedAmount": row["taxIncludedAmount"],
        "TaxClassificationCode": row["goodsCode"],
    }
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f"<IssuItemInformation>{inside}</IssuItemInformation>"


def invoice_ofd(doc: Doc, seller_name: str) -> bytes:
    """A page of text, in the least that makes an OFD."""
    lines = [
        NOTICE,
        f"发票号码 {doc['number']}",
        f"购买方 {doc['order']['buyerName']}",
        f"销售方 {seller_name}",
        f"价税合计 {doc['incl']}",
    ]
    texts = "".join(
        f'<ofd:TextObject ID="{at + 10}" Boundary="10 {10 * at} 190 8" Font="1" Size="4">'
        f'<ofd:TextCode X="0" Y="5">{escape(text)}</ofd:TextCode></ofd:TextObject>'
        for at, text in enumerate(lines, start=1)
    )
    parts = {
        "OFD.xml": _ofd(
            'OFD Version="1.0" DocType="OFD"',
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>",
        ),
        "Doc_0/Document.xml": _ofd(
            "Document",
            "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox>"
            "</ofd:PageArea></ofd:CommonData><ofd:Pages>"
            '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>',
        ),
        "Doc_0/Pages/Page_0/Content.xml": _ofd(
            "Page", f'<ofd:Content><ofd:Layer ID="2">{texts}</ofd:Layer></ofd:Content>'
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _ofd(root: str, inside: str) -> str:
    name = root.split(" ", maxsplit=1)[0]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ofd:{root} xmlns:ofd="{OFD_NS}">'
        f"{inside}</ofd:{name}>"
    )
