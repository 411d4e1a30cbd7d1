package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.RunName;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.ShellVariables;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a container reads from its standard input, and the wrapper in it that reads this: the secrets as shell
 * assignments, then the script, in one frame of a length told beforehand.
 *
 * @param bytes the frame
 * @param secretsLength how many of them are the secrets
 * @param marker the line on standard error by which the wrapper says that it has all and the script begins
 */
record ScriptFrame(byte[] bytes, int secretsLength, String marker) {

    /** The wrapper did not get the frame whole. */
    static final int NOT_WHOLE = 113;

    /*
     * Exit codes: 112 something is missing or full, 113 the frame did not come whole. Who sends the frame knows that
     * the container has not run it before, see FrameGate.
     * $1 length, $2 length of the secrets, $3 checksum, $4 marker, then the command. No variable is set: each could be one of the
     * script's. One read for the whole frame, as head may take more than it was asked for. The script's PATH may
     * lead nowhere, hence the longer one for our own tools. The checksum tells a frame that was cut short, and one
     * that two hosts sent at once. An image that has a /work of its own lends the mount that directory's mode.
     */
    private static final String WRAPPER = """
            cd /work && [ -w . ] || { mkdir -p /tmp/work && cd /tmp/work; } || exit 112
            PATH="$PATH:/usr/local/bin:/usr/bin:/bin" head -c "$1" >script || exit 112
            case "$(PATH="$PATH:/usr/local/bin:/usr/bin:/bin" sha256sum <script) " in "$3 "*) ;; *) exit 113 ;; esac
            if [ "$2" -gt 0 ]; then
                PATH="$PATH:/usr/local/bin:/usr/bin:/bin" head -c "$2" script >.secrets || exit 112
                PATH="$PATH:/usr/local/bin:/usr/bin:/bin" tail -c "+$(($2 + 1))" script >.script || exit 112
                PATH="$PATH:/usr/local/bin:/usr/bin:/bin" mv -f .script script || exit 112
                . ./.secrets || exit 112
                PATH="$PATH:/usr/local/bin:/usr/bin:/bin" rm .secrets || exit 112
            fi
            command -v "$5" >/dev/null || { echo "the command '$5' is not in the image" >&2; exit 112; }
            echo "$4" >&2
            shift 4
            exec "$@" script </dev/null
            """;

    /** Whether the wrapper may have ended with this code, if no marker came. With any other, the script has. */
    static boolean isWrappersCode(int code) {
        return code == 112 || code == NOT_WHOLE;
    }

    /** The frame of a run. Fails with {@link IllegalArgumentException} if its environment cannot be one. */
    static ScriptFrame of(RunSpec spec) {
        ShellVariables.check(spec.environment());
        byte[] secrets = ShellVariables.exports(spec.secrets());
        ByteArrayOutputStream frame = new ByteArrayOutputStream(secrets.length + spec.script().length);
        frame.writeBytes(secrets);
        frame.writeBytes(spec.script());
        String marker = "factotum: run " + RunName.hex(spec.runId()) + " begins";
        return new ScriptFrame(frame.toByteArray(), secrets.length, marker);
    }

    /** What the container runs. Nothing secret is in it. */
    List<String> commandLine(List<String> command) {
        List<String> line = new ArrayList<>(List.of("-c", WRAPPER, "factotum"));
        line.add(String.valueOf(bytes.length));
        line.add(String.valueOf(secretsLength));
        line.add(sha256(bytes));
        line.add(marker);
        line.addAll(command);
        return line;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
