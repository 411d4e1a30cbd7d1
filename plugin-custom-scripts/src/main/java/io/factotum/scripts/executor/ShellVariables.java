package io.factotum.scripts.executor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** Environment variables written down so that a POSIX shell takes each value as it is, byte for byte. */
public final class ShellVariables {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private ShellVariables() {}

    /** Lines for a shell to read. Fails with {@link IllegalArgumentException} if one cannot be a variable. */
    public static byte[] exports(Map<String, String> variables) {
        check(variables);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        variables.forEach((name, value) -> lines.writeBytes(
                "export %s='%s'\n".formatted(name, value.replace("'", "'\\''")).getBytes(StandardCharsets.UTF_8)));
        return lines.toByteArray();
    }

    /** Fails with {@link IllegalArgumentException} if one cannot be a variable. */
    public static void check(Map<String, String> variables) {
        variables.forEach(ShellVariables::check);
    }

    private static void check(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Cannot set environment variable '" + name
                    + "': it is not a name. Use letters, digits and underscores, not a digit first.");
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Cannot set environment variable '" + name
                    + "': its value has a NUL character in it. No process can be given that.");
        }
    }
}
