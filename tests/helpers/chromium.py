"""Chromium, driven by Selenium; who imports this is skipped where one of them is not there."""

import numpy as np
from optional_packages import needs, needs_program

webdriver = needs("selenium.webdriver")
ActionBuilder = needs("selenium.webdriver.common.actions.action_builder").ActionBuilder
PointerInput = needs("selenium.webdriver.common.actions.pointer_input").PointerInput
CHROMEDRIVER, CHROMIUM = needs_program("chromedriver"), needs_program("chromium")

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars"""


class Browser:
    """Chromium, and what the tests do with it."""

    def __init__(self, folder):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in [*FLAGS.split(), f"--user-data-dir={folder}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(CHROMEDRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.run, self.command = self.driver.execute_script, self.driver.execute_cdp_cmd
        script = {"source": "window.alerts = 0; window.alert = () => { window.alerts += 1; };"}
        self.command("Page.addScriptToEvaluateOnNewDocument", script)

    def open(self, path, width=1200, scheme="light"):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", size)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", {"features": [feature]})
        self.driver.get(path.as_uri())

    def log(self):
        """What the console has said since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def text(self, name):
        return self.run("return document.getElementById(arguments[0]).textContent", name)

    def click(self, name):
        self.driver.find_element("id", name).click()

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def draw(self, name, strokes, kind="mouse"):
        """Draw on a pad, whose height is 100, with mouse, touch or pen."""
        left, top, height = self.run(
            """const pad = document.getElementById(arguments[0]);
            pad.scrollIntoView({ block: "center" });
            const { left, top, height } = pad.getBoundingClientRect();
            return [left, top, height];""",
            name,
        )
        for stroke in strokes:
            hand = ActionBuilder(self.driver, mouse=PointerInput(kind, kind), duration=0)
            for k, (across, down) in enumerate(np.asarray(stroke) * height / 100):
                hand.pointer_action.move_to_location(int(left + across), int(top + down))
                if k == 0:
                    hand.pointer_action.pointer_down()
            hand.pointer_action.pointer_up()
            hand.perform()
