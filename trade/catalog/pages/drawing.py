"""Quiet drawings of things nobody has photographed: an outline by kind, filled with one colour."""

FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img">'
    '<rect width="240" height="240" fill="#f6f4f0"/>'
    '<ellipse cx="120" cy="200" rx="84" ry="8" fill="#e6e1d8"/>'
    '<g fill="#{fill}" stroke="#{line}" stroke-width="3" stroke-linejoin="round">{outline}</g>'
    "</svg>"
)
OUTLINES = {
    "sofa": '<path d="M52 178v18h10v-18zM178 178v18h10v-18z"/><rect x="48" y="84" width="144" '
    'height="70" rx="16"/><path d="M120 90v62"/><rect x="56" y="138" width="128" height="34" '
    'rx="8"/><rect x="32" y="110" width="32" height="70" rx="14"/><rect x="176" y="110" '
    'width="32" height="70" rx="14"/>',
    "chair": '<path d="M84 146l-8 52h9l11-46zM156 146l8 52h-9l-11-46z"/><path d="M82 52q38-12 76 '
    '0l-6 76H88z"/><rect x="76" y="124" width="88" height="24" rx="10"/>',
    "table": '<path d="M60 116l-8 82h10l12-82zM180 116l8 82h-10l-12-82z"/><rect x="32" y="98" '
    'width="176" height="18" rx="7"/>',
    "bed": '<rect x="40" y="74" width="160" height="70" rx="12"/><rect x="60" y="112" width="52" '
    'height="28" rx="9"/><rect x="128" y="112" width="52" height="28" rx="9"/><path d="M32 '
    '138h176v44H32z"/><path d="M40 182v14h10v-14zM190 182v14h10v-14z"/>',
    "cabinet": '<path d="M64 184v12h10v-12zM166 184v12h10v-12z"/><rect x="52" y="52" width="136" '
    'height="132" rx="6"/><path d="M120 52v132M52 118h136"/><circle cx="110" cy="86" r="3"/>'
    '<circle cx="130" cy="86" r="3"/><circle cx="110" cy="150" r="3"/><circle cx="130" cy="150" '
    'r="3"/>',
    "coat": '<path d="M96 44l-38 22-18 84 20 6 10-42v82h100v-82l10 42 20-6-18-84-38-22-24 '
    '24z"/><path d="M120 68v128M96 44l24 24 24-24"/><circle cx="112" cy="104" r="3"/><circle '
    'cx="112" cy="132" r="3"/>',
    "dress": '<path d="M98 44l-8 40 6 24-34 88h116l-34-88 6-24-8-40-12 18h-20z"/><path d="M96 '
    '108h48"/>',
    "shirt": '<path d="M98 52l-44 20-14 46 24 8 8-16v78h96v-78l8 16 24-8-14-46-44-20q-22 20-44 '
    '0z"/><path d="M98 52q22 20 44 0"/>',
    "trousers": '<path d="M82 46h76l12 150h-36l-14-100-14 100H70z"/><path d="M82 60h76"/>',
    "room": '<path stroke="none" fill="#efeae1" d="M0 0h240v160H0z"/><path stroke="none" '
    'fill="#e3dac9" d="M0 160h240v80H0z"/><path fill="#fbfaf7" d="M150 24h62v66h-62z"/><path '
    'fill="none" d="M181 24v66M150 57h62"/>'
    '<ellipse fill="#cdbfa8" cx="116" cy="206" rx="96" ry="18"/><path d="M36 196v8h8v-8zM148 '
    '196v8h8v-8z"/><rect x="32" y="128" width="128" height="52" rx="12"/><path d="M96 132v46"/>'
    '<rect x="38" y="168" width="116" height="28" rx="8"/><rect x="20" y="146" width="24" '
    'height="52" rx="10"/><rect x="148" y="146" width="24" height="52" rx="10"/><path '
    'fill="none" d="M206 112v92M194 204h24"/><path d="M192 112l6-26h16l6 26z"/>',
    "outfit": '<path fill="none" d="M40 40h160M120 40v16"/><path d="M84 60l-30 18-14 62 16 5 '
    '8-30v61h80v-61l8 30 16-5-14-62-30-18-20 20z"/><path d="M104 80v96M84 60l20 20 20-20"/><path '
    'd="M176 84h34l8 116h-20l-5-84-5 84h-20z"/><path fill="none" d="M193 40v44"/>',
    "box": '<path d="M48 92l72-32 72 32v84l-72 24-72-24z"/><path d="M48 92l72 28 72-28M120 '
    '120v80"/>',
}


def _darker(shade: str) -> str:
    return "".join(f"{int(shade[at : at + 2], 16) * 6 // 10:02x}" for at in (0, 2, 4))


def draw(shape: str, shade: str) -> str:
    """An SVG of about 1 KB. `shape` is a key of OUTLINES, `shade` six hexadecimal digits."""
    return FRAME.format(fill=shade, line=_darker(shade), outline=OUTLINES[shape])
