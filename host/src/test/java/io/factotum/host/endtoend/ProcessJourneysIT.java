package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The journeys, in processes of the machine. */
class ProcessJourneysIT extends ScriptJourneys implements ExampleJourneys, SecretJourneys {

    ProcessJourneysIT() {
        super(Where.PROCESS);
    }

    @Test
    void hostSaysLoudlyThatNothingIsolatesScripts() {
        assertThat(host().output()).contains("NOTHING ISOLATES SCRIPTS");
    }

    @Override
    public void lookFromOutside(String reference) {
        String commandLines = ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .collect(Collectors.joining("\n"));
        SecretJourneys.assertHidden("command lines", commandLines);
    }
}
