package io.factotum.scripts.executor.process;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WrapperProcessTest {

    // Within a thousand of these, one look opens what the system tells of the process, and reads it after the end.
    @Test
    @Timeout(60)
    void processThatEndsWhileItIsLookedAtIsNotAliveAndNoFault() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Process process = new ProcessBuilder("/bin/sh", "-c", ":").start();
            WrapperProcess wrapper = new WrapperProcess(process.pid(), "another");
            assertThatCode(() -> {
                        while (process.isAlive()) {
                            wrapper.isAlive();
                        }
                        wrapper.isAlive();
                    })
                    .doesNotThrowAnyException();
        }
    }
}
