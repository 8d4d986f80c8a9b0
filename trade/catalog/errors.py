"""What the catalogue refuses."""

from core.errors import Conflict, Forbidden, Invalid, NotFound


class ProductNotFound(NotFound):
    code = "catalog.product_not_found"
    zh = "商品不存在或已下架，请看看其他商品"
    en = "This product does not exist or is off the shelf: look at another one."


class SkuNotFound(NotFound):
    code = "catalog.sku_not_found"
    zh = "该规格不存在或已下架，请重新选择规格"
    en = "This choice does not exist or is off the shelf: choose another one."


class CursorUnknown(Invalid):
    code = "catalog.cursor_unknown"
    zh = "列表已更新，请从第一页重新加载"
    en = "The list has changed: load it again from its first page."


class PictureNotFound(NotFound):
    code = "catalog.picture_not_found"
    zh = "没有这张图片，请刷新商品列表"
    en = "There is no such picture: load the product list again."


class AxisUnknown(Invalid):
    code = "catalog.axis_unknown"
    zh = "没有这个规格项，请先添加规格项再保存商品"
    en = "Goods are not chosen by that: add the axis first, then save the SKU."


class BarcodeWrong(Invalid):
    code = "catalog.barcode_wrong"
    zh = "条码不是正确的 EAN-13（13 位且校验位正确），请核对后重试"
    en = "That is no EAN-13 barcode (13 digits, the last one checks): compare it with the label."


class BarcodeTaken(Conflict):
    code = "catalog.barcode_taken"
    zh = "该条码已属于其他规格，请核对标签"
    en = "That barcode belongs to another SKU: compare the labels."


class CategoryNotFound(NotFound):
    code = "catalog.category_not_found"
    zh = "没有这个类目，请先添加上级类目"
    en = "There is no such category: add the one above first."


class CategoryLoop(Invalid):
    code = "catalog.category_loop"
    zh = "类目不能挂在自己下面，请换一个上级类目"
    en = "A category cannot hang below itself: choose another one above it."


class BadKit(Invalid):
    code = "catalog.bad_kit"
    zh = "组合装的组成不正确：每个规格只写一次，数量 1 到 1000，最多 50 种"
    en = "These parts make no kit: name each SKU once, 1 to 1000 pieces, at most 50 SKUs."


class KitInKit(Invalid):
    code = "catalog.kit_in_kit"
    zh = "组合装不能再装组合装，请直接写其中的单品"
    en = "A kit cannot be part of a kit: name the single pieces instead."


class ShelfNotYours(Forbidden):
    code = "catalog.shelf_not_yours"
    zh = "只能调整本店的货架，请切换到您的门店"
    en = "This is not your store's shelf: change to your own store."


class NotAPicture(Invalid):
    code = "catalog.not_a_picture"
    zh = "无法识别该图片，请上传 JPEG、PNG 或 WebP 格式的完整图片，边长至少 16 像素"
    en = "This is no picture we can read: upload a whole JPEG, PNG or WebP of 16 pixels or more."


class PictureTooLarge(Invalid):
    code = "catalog.picture_too_large"
    zh = "图片过大：最大 12 MB、5000 万像素，请缩小后再上传"
    en = "The picture is too large: at most 12 MB and 50 million pixels; make it smaller."


class TooManyPictures(Invalid):
    code = "catalog.too_many_pictures"
    zh = "一个商品最多 20 张图片，请删减后保存"
    en = "A product shows at most 20 pictures: leave some out."


class BadScene(Invalid):
    code = "catalog.bad_scene"
    zh = "场景需标出 1 到 30 个不重复的商品，位置在图片之内（0 到 1000）"
    en = "A scene names 1 to 30 products once each, inside its picture (0 to 1000)."


class SceneNotFound(NotFound):
    code = "catalog.scene_not_found"
    zh = "没有这个场景，请返回场景列表"
    en = "There is no such scene: go back to the list."


class PageNotYours(Forbidden):
    code = "catalog.page_not_yours"
    zh = "只能修改本店的主页，请切换到您的门店"
    en = "This is not your store's page: change to your own store."


class BadPresale(Invalid):
    code = "catalog.bad_presale"
    zh = "预售设置有误：先填到货日，最后下单日不能晚于到货日，定金须少于全款"
    en = (
        "Say the promised day first; the last day to order is no later, a deposit is less than all."
    )


class BadLimit(Invalid):
    code = "catalog.bad_limit"
    zh = "限购件数为 1 到 10000，期限为 0 到 3650 天；不限购时两项都清空"
    en = "A limit is 1 to 10,000 pieces within 0 to 3,650 days: leave both empty for none."
