package io.factotum.host.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bin/test says about a run is as good as its reading of the reports. */
final class TestSummaryTest {

    private static final int NO_TEST_RAN = 3;
    private static final int SOME_SKIPPED = 4;

    private record Summary(int exitCode, String text) {}

    @Test
    void passedTestsAreCountedByModule(@TempDir Path directory) throws Exception {
        report(directory, "one", "<testcase name='a' classname='x.A' time='0.1'/>");
        report(directory, "two", "<testcase name='b' classname='x.B' time='0.1'/>");

        Summary summary = summarize(directory);

        assertThat(summary.exitCode()).isZero();
        assertThat(summary.text()).startsWith("2 tests: 2 passed, 0 failed, 0 skipped; 3 s in tests");
        assertThat(summary.text()).containsPattern("one +1 tests +1\\.5 s").containsPattern("two +1 tests +1\\.5 s");
    }

    @Test
    void skippedTestIsNamedWithItsReason(@TempDir Path directory) throws Exception {
        report(
                directory,
                "one",
                "<testcase name='a' classname='x.A' time='0.1'/><testcase name='b' classname='x.A' time='0.1'>"
                        + "<skipped message='no &quot;engine&quot;&#10;&lt;here&gt;' type='t'>"
                        + "<![CDATA[at <failure message='not one'> x]]></skipped></testcase>");

        Summary summary = summarize(directory);

        assertThat(summary.exitCode()).isEqualTo(SOME_SKIPPED);
        assertThat(summary.text()).contains("1 passed, 0 failed, 1 skipped").contains("x.A.b: no \"engine\" <here>");
    }

    @Test
    void failuresAndErrorsAreNamed(@TempDir Path directory) throws Exception {
        report(
                directory,
                "one",
                "<testcase name='a' classname='x.A' time='0'><failure message='Expected 1' type='t'>s</failure></testcase>"
                        + "<testcase name='' classname='x.B' time='0'><error type='t'>s</error></testcase>");

        assertThat(summarize(directory).text())
                .contains("0 passed, 2 failed")
                .contains("x.A.a: Expected 1", "x.B: no reason given");
    }

    @Test
    void whatATestPrintedIsNotTakenForATest(@TempDir Path directory) throws Exception {
        report(
                directory,
                "one",
                "<testcase name='a' classname='x.A' time='0'><system-out>"
                        + "<![CDATA[<testcase name='b' classname='x.B'/> <skipped/>]]></system-out></testcase>");

        assertThat(summarize(directory).text()).startsWith("1 tests: 1 passed");
    }

    @Test
    void nothingButSkippedTestsCountsAsNoTestRun(@TempDir Path directory) throws Exception {
        report(directory, "one", "<testcase name='a' classname='x.A' time='0'><skipped/></testcase>");

        assertThat(summarize(directory).exitCode()).isEqualTo(NO_TEST_RAN);
    }

    private static void report(Path directory, String module, String cases) throws Exception {
        Path reports = Files.createDirectories(directory.resolve(module).resolve("target/surefire-reports"));
        String suite = "<testsuite xmlns:x='y' name='x." + module + "' time='1.5' tests='1'>" + cases + "</testsuite>";
        Files.writeString(reports.resolve("TEST-x.xml"), "<?xml version='1.0'?>\n" + suite.replace('\'', '"'));
    }

    private static Summary summarize(Path directory) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "awk", "-f", Repository.ROOT.resolve("bin/test-summary.awk").toString()));
        try (var files = Files.walk(directory)) {
            files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> directory.relativize(file).toString())
                    .forEach(command::add);
        }
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Summary(process.waitFor(), text);
    }
}
