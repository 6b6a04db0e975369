"""The Jupyter project's own tests of kernels, with every optional message that the kernel supports."""

import unittest

import jupyter_kernel_test


class FacebridgeKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "facebridge"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("to the other stream")'

    completion_samples = [
        {"text": "process.argv", "matches": ["argv", "argv0", "execArgv"]},
        {"text": "'word'.toUpperC", "matches": ["toUpperCase"]},
    ]

    complete_code_samples = ["1", 'console.log("hello, world")', "function f(x: number) {\n  return x * 2;\n}", "await 0", "const x = `a\nb`"]
    incomplete_code_samples = ["console.log(", "function f(x: number) {", "const x = `a\n", "[1, 2,", "/* a comment", "if (true) {\n  1\n", "const x ="]
    invalid_code_samples = ["}", "const 3 = 4", 'const x = "a', "let 1x = 2", "1 +* 2", "1 2"]

    code_page_something = "parseInt?"
    code_generate_error = 'throw new RangeError("no")'

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>x</b>" }) })', "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": 'import { display } from "tslab"; display.html("<b>x</b>")', "mime": "text/html"},
        {"code": 'import { displayBundle } from "facebridge/notebook"; displayBundle({ "image/svg+xml": "<svg/>" })', "mime": "image/svg+xml"},
    ]

    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")

    code_inspect_sample = "parseInt"
    code_clear_output = 'import { clearOutput } from "facebridge/kernel"; clearOutput()'


if __name__ == "__main__":
    unittest.main()
