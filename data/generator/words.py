"""The words that names are made of. All of the north's can be written in cp1252."""

from __future__ import annotations

SURNAMES = (
    "Brandt", "Møller", "Lefèvre", "Jansen", "Öberg", "Schäfer", "Keller", "Dubois", "Visser",
    "Lindqvist", "Fischer", "Garnier", "de Vries", "Bergström", "Krüger", "Marchand", "Bakker",
    "Hartmann", "Roussel", "Nyström", "Whitfield", "Calloway", "Mercer", "Okafor", "Ramirez",
    "Núñez", "Thornton", "Delacroix", "Hargrove", "Bennett", "Castillo", "Ellison", "Pruitt",
    "Vance", "Winslow", "Abernathy", "Beaumont", "Carver", "Donovan", "Escobar", "Fairchild",
    "Gallagher", "Holloway", "Ingram", "Jarvis", "Kowalski", "Lockhart", "Maddox", "Norwood",
    "Ortega", "Pemberton", "Quinlan", "Rutledge", "Sinclair", "Tillman", "Underwood", "Vickers",
    "Wexler", "Yates", "Zimmermann",
)  # fmt: skip

CITIES = {
    "DE": ("Hamburg", "Köln", "München", "Leipzig", "Nürnberg", "Hannover", "Kassel"),
    "NL": ("Rotterdam", "Utrecht", "Eindhoven", "Groningen", "Breda"),
    "FR": ("Lyon", "Orléans", "Nîmes", "Besançon", "Rennes", "Grenoble"),
    "SE": ("Malmö", "Göteborg", "Västerås", "Örebro"),
    "GB": ("Leeds", "Bristol", "Coventry", "Hull"),
    "CH": ("Zürich", "Winterthur", "Genève"),
    "US": ("Atlanta", "Dallas", "Charlotte", "Nashville", "Tulsa", "Mobile", "Memphis"),
    "CA": ("Toronto", "Montréal", "Calgary"),
}
CURRENCY_OF = {
    "DE": "EUR", "NL": "EUR", "FR": "EUR", "SE": "SEK", "GB": "GBP", "CH": "CHF",
    "US": "USD", "CA": "CAD", "CN": "USD",
}  # fmt: skip
LEGAL_FORMS = {
    "DE": ("GmbH", "GmbH & Co. KG", "AG", "e.K."), "NL": ("B.V.", "N.V."),
    "FR": ("SARL", "SAS", "S.A."), "SE": ("AB",), "GB": ("Ltd", "plc"), "CH": ("AG", "Sàrl"),
    "US": ("Inc.", "LLC", "Corp."), "CA": ("Ltd.", "Inc."), "CN": ("Co., Ltd.",),
}  # fmt: skip
TRADES = {
    "DE": ("Haustechnik", "Baubedarf", "Elektro", "Werkzeuge", "Sanitär", "Maschinenbau"),
    "NL": ("Installatie", "Bouw", "Techniek", "Groothandel"),
    "FR": ("Bâtiment", "Outillage", "Énergie", "Plomberie"),
    "SE": ("Bygg", "Verkstad", "El & VVS"),
    "GB": ("Builders", "Electrical", "Plumbing Supplies", "Tools"),
    "CH": ("Haustechnik", "Bau", "Montage"),
    "US": ("Electric", "Supply", "Hardware", "Mechanical", "Plumbing", "Builders", "Tool & Die"),
    "CA": ("Supply", "Mechanical", "Contracting"),
    "CN": ("Industrial", "Precision Parts", "Lighting"),
}
CUSTOMER_GROUPS = ("Contractor", "Installer", "Industry", "Retail", "Public")
MANUFACTURERS = (
    "Altrona", "Berghaus Tools", "Cordell & Sons", "Dynaflex", "Elvatec", "Fennmark", "Gravitas",
    "Halden Werke", "Isolde Lighting", "Jotun Pumps", "Kessler Antriebe", "Lumora", "Mavitec",
    "Nordbolt", "Orsini", "Pallas Valves", "Quadra", "Rheinfluss", "Stahlwerk Tarn", "Trivex",
    "Ulmen", "Vantage Safety", "Westbrook", "Xylia", "Zenker",
)  # fmt: skip

# division: group: families
ASSORTMENT = {
    "Fastening": {
        "Screws": ("Wood screw", "Drywall screw", "Machine screw"),
        "Bolts": ("Hex bolt", "Anchor bolt", "Threaded rod"),
        "Fixings": ("Wall plug", "Washer", "Rivet"),
    },
    "Tools": {
        "Hand tools": ("Combination wrench", "Claw hammer", "Screwdriver"),
        "Power tools": ("Cordless drill", "Angle grinder", "Rotary hammer"),
        "Abrasives": ("Cutting disc", "Sanding belt", "Flap wheel"),
    },
    "Electrical": {
        "Cable": ("Installation cable", "Control cable", "Cable tie"),
        "Lighting": ("LED panel", "LED tube", "Floodlight"),
        "Switchgear": ("Circuit breaker", "Contactor", "Wall socket"),
    },
    "Plumbing": {
        "Pipes": ("Copper pipe", "PEX pipe", "Drain pipe"),
        "Valves": ("Ball valve", "Check valve", "Radiator valve"),
        "Pumps": ("Circulation pump", "Sump pump", "Booster pump"),
    },
    "Safety": {
        "Hands": ("Nitrile glove", "Cut-resistant glove", "Leather glove"),
        "Head": ("Safety helmet", "Ear defender", "Safety glasses"),
        "Body": ("High-visibility vest", "Coverall", "Safety shoe"),
    },
    "Drives": {
        "Bearings": ("Ball bearing", "Roller bearing", "Bearing housing"),
        "Belts": ("V-belt", "Timing belt", "Conveyor belt"),
        "Motors": ("Gear motor", "Servo motor", "Frequency inverter"),
    },
}
MATERIALS = ("zinc", "A2 steel", "brass", "black", "nylon", "grey", "blue", "heavy duty")
