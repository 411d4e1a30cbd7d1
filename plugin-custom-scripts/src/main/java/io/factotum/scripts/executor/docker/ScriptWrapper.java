package io.factotum.scripts.executor.docker;

import java.util.ArrayList;
import java.util.List;

/**
 * The first program of every script's container, the same for all: it reads one {@link ScriptFrame} from its standard
 * input, begins the script, passes TERM on to it, tells its end on both streams and ends with its exit code.
 *
 * <p>The end is told in the streams because the engine tells of it only once it has taken the container down, and on both
 * because it copies each by itself: only what comes before the mark of a stream is known to be there.
 */
final class ScriptWrapper {

    /** Something the wrapper needs is missing in the image, or full; it says what. */
    static final int UNUSABLE = 112;

    /** It did not get the frame whole. */
    static final int NOT_WHOLE = 113;

    /*
     * Its arguments are the script's command. Its own variables have names that no script uses, and no process is given
     * them. One read for the whole frame, as head may take more than it was asked for. The script's PATH may lead nowhere,
     * hence the longer one for our own tools. The checksum tells a frame that was cut short, and one that two hosts sent
     * at once. An image that has a /work of its own lends the mount that directory's mode.
     *
     * The frame itself is read as a shell's file: its environment ends with a return. It is gone before the script begins,
     * and while it is there the script has not begun. A trap interrupts the wait, which then tells the trap's signal,
     * whether the script has ended or not: it is waited for again, and where that says 127, no such child, the wait before
     * had told the truth. What the shell has to say of a script that a signal ended is no output of that script.
     */
    private static final String PROGRAM = """
            cd /work && [ -w . ] || { mkdir -p /tmp/work && cd /tmp/work; } || exit 112
            IFS=' ' read -r _factotum_n _factotum_l _factotum_e _factotum_k _factotum_b || exit 113
            case $_factotum_l:$_factotum_e:$_factotum_b in *[!0-9:]* | :* | *::* | *:) exit 113 ;; esac
            PATH="$PATH:/usr/local/bin:/usr/bin:/bin" head -c "$_factotum_l" >.factotum || exit 112
            case "$(PATH="$PATH:/usr/local/bin:/usr/bin:/bin" sha256sum <.factotum) " in
                "$_factotum_k "*) ;;
                *) exit 113 ;;
            esac
            PATH="$PATH:/usr/local/bin:/usr/bin:/bin" tail -c "+$((_factotum_e + 1))" .factotum >script || exit 112
            _factotum_c= _factotum_t=
            trap '_factotum_t=1; [ -z "$_factotum_c" ] || kill -TERM "$_factotum_c"' TERM
            (
                set -- "$_factotum_n" "$_factotum_b" "$@"
                unset _factotum_n _factotum_l _factotum_e _factotum_k _factotum_b _factotum_c _factotum_t
                . ./.factotum || exit 112
                command -v "$3" >/dev/null || { echo "the command '$3' is not in the image" >&2; exit 112; }
                PATH="$PATH:/usr/local/bin:/usr/bin:/bin" rm .factotum || exit 112
                printf '\\036factotum %s begins %s\\n' "$1" "$2" >&2
                shift 2
                exec "$@" script
            ) </dev/null &
            _factotum_c=$!
            exec 9>&2 2>/dev/null
            [ -z "$_factotum_t" ] || kill -TERM "$_factotum_c"
            _factotum_s=127
            while :; do
                _factotum_t=
                wait "$_factotum_c"
                _factotum_w=$?
                [ "$_factotum_w" != 127 ] || [ "$_factotum_s" = 127 ] || break
                _factotum_s=$_factotum_w
                [ -n "$_factotum_t" ] || break
            done
            trap '' TERM
            [ ! -e .factotum ] || exit "$_factotum_s"
            printf '\\036factotum %s ends %s\\n' "$_factotum_n" "$_factotum_s"
            printf '\\036factotum %s ends %s\\n' "$_factotum_n" "$_factotum_s" >&9
            exit "$_factotum_s"
            """;

    private ScriptWrapper() {}

    /** What a container runs. Nothing of a run is in it. */
    static List<String> commandLine(List<String> command) {
        List<String> line = new ArrayList<>(List.of("-c", PROGRAM, "factotum"));
        line.addAll(command);
        return line;
    }

    /** Whether it may have ended with this code without having begun the script. With any other, the script has. */
    static boolean isItsCode(int code) {
        return code == UNUSABLE || code == NOT_WHOLE;
    }
}
