package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a running script costs of the heap, whatever it prints. */
class OutputMemoryTest {

    private static final int LIMIT = 1 << 20;
    /** Far less than a piece, since each costs a call; enough to fill every block. */
    private static final int ONE_BY_ONE = 2000;

    private static final long MOST = 2 << 20;

    @Test
    void eachOfManyScriptsThatPrintMuchTakesLessThanTwoMebibytes() {
        measure(16, 8 << 20);
    }

    @Test
    @Tag("long")
    void eachOfManyScriptsThatPrintTwoHundredMegabytesTakesLessThanTwoMebibytes() {
        measure(4, 200_000_000);
    }

    private static void measure(int scripts, long bytesEach) {
        byte[] lines = ("-".repeat(79) + "\n").repeat(800).getBytes(UTF_8);
        byte[] longLine = new byte[64 << 10];
        Arrays.fill(longLine, (byte) 'x');
        byte[] one = {'y'};
        for (int kind = 0; kind < 3; kind++) {
            long before = heap();
            List<RunOutput> outputs = new ArrayList<>();
            for (int i = 0; i < scripts; i++) {
                outputs.add(new RunOutput(LIMIT, SecretMasker.of(List.of("hunter22" + i))));
            }
            long most = 0;
            // A store that answers now and then, and one that does not answer at all.
            for (boolean storing : new boolean[] {true, false}) {
                for (long fed = 0, step = 0; fed < bytesEach / 2; step++) {
                    for (RunOutput output : outputs) {
                        switch (kind) {
                            case 0 -> output.stdout(lines, 0, lines.length);
                            case 1 -> output.stdout(longLine, 0, longLine.length);
                            default -> {
                                for (int i = 0; i < ONE_BY_ONE; i++) {
                                    output.stdout(one, 0, 1);
                                    output.stderr(one, 0, 1);
                                }
                            }
                        }
                        if (storing && step % 4 == 0) {
                            output.toSave();
                            output.saved();
                        }
                    }
                    fed += lines.length;
                    if (step % (bytesEach / lines.length / 8) == 0) {
                        most = Math.max(most, (heap() - before) / scripts);
                    }
                }
                most = Math.max(most, (heap() - before) / scripts);
            }
            assertThat(outputs).hasSize(scripts);
            System.out.printf(
                    "Heap of each of %d scripts that print %d bytes, %s: %d%n",
                    scripts,
                    bytesEach,
                    List.of("lines", "one line", "both streams by turns").get(kind),
                    most);
            assertThat(most).as("heap per script, kind %d", kind).isPositive().isLessThan(MOST);
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
