# Sums up the XML reports of Surefire and Failsafe. Ends with 3 if no test ran, 4 if one was skipped.

BEGIN { RS = "<" }

# What a test printed, and stack traces, are text, whatever they look like.
/^!\[CDATA\[/ { text = 1 }
text { if (index($0, "]]>")) text = 0; next }

/^testsuite / {
    class = attribute("name")
    seconds = attribute("time")
    gsub(",", "", seconds)
    module = FILENAME
    sub("/target/.*", "", module)
    class_seconds[class] += seconds
    module_seconds[module] += seconds
    all_seconds += seconds
}

/^testcase / {
    test = attribute("classname")
    if (attribute("name") != "") test = test "." attribute("name")
    tests++
    module_tests[module]++
}

/^skipped[ >\/]/ { skipped++; skips = skips "  " test ": " reason() "\n" }
/^(failure|error)[ >\/]/ { failed++; failures = failures "  " test ": " reason() "\n" }

END {
    printf "%d tests: %d passed, %d failed, %d skipped; %.0f s in tests\n", \
        tests, tests - failed - skipped, failed, skipped, all_seconds
    if (failed) printf "\nFailed:\n%s", failures
    if (skipped) printf "\nSkipped:\n%s", skips
    print "\nTests by module:"
    for (name in module_tests) printf "  %-24s %5d tests %8.1f s\n", name, module_tests[name], module_seconds[name]
    print "\nSlowest classes:"
    for (rank = 1; rank <= 10; rank++) {
        slowest = ""
        for (name in class_seconds) {
            if (slowest == "" || class_seconds[name] > class_seconds[slowest]) slowest = name
        }
        if (slowest == "") break
        printf "  %8.1f s  %s\n", class_seconds[slowest], slowest
        delete class_seconds[slowest]
    }
    exit tests == skipped ? 3 : skipped ? 4 : 0
}

function attribute(name) {
    if (!match($0, "[ \n]" name "=\"[^\"]*\"")) return ""
    return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}

function reason(    message) {
    message = attribute("message")
    gsub(/&#10;|&#13;|\n/, " ", message)
    gsub(/&quot;/, "\"", message)
    gsub(/&apos;/, "'", message)
    gsub(/&lt;/, "<", message)
    gsub(/&gt;/, ">", message)
    gsub(/&amp;/, "\\&", message)
    if (length(message) > 200) message = substr(message, 1, 200) " ..."
    return message == "" ? "no reason given" : message
}
