package io.factotum.scripts;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Python's {@code str()} makes of a dict, a list and what they hold, as maps, lists, strings, numbers,
 * booleans and null. Its recursion ends at {@link #MAX_DEPTH}.
 */
final class PythonLiteral {

    static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_LENGTH = 1000;

    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /** The value. @throws BadOutputException naming the character where the text stops making sense */
    static @Nullable Object parse(String text) {
        PythonLiteral literal = new PythonLiteral(text);
        Object value = literal.value(0);
        literal.skipSpace();
        if (literal.at < text.length()) {
            throw literal.wrong("something after the end of the value");
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        skipSpace();
        char c = peek();
        return switch (c) {
            case '{' -> dict(deeper(depth));
            case '[' -> list(']', deeper(depth));
            case '(' -> list(')', deeper(depth));
            case '\'', '"' -> string();
            default -> isNumberStart(c) ? number() : word();
        };
    }

    private int deeper(int depth) {
        if (depth == MAX_DEPTH) {
            throw wrong("nested deeper than %d levels".formatted(MAX_DEPTH));
        }
        at++;
        return depth + 1;
    }

    private Map<String, @Nullable Object> dict(int depth) {
        Map<String, @Nullable Object> dict = new LinkedHashMap<>();
        while (!ends('}')) {
            String key = key(value(depth));
            skipSpace();
            if (peek() != ':') {
                throw wrong("expected ':' after a key");
            }
            at++;
            dict.put(key, value(depth));
            separator('}');
        }
        return dict;
    }

    /** As {@code json.dumps} names them. */
    private String key(@Nullable Object key) {
        if (key instanceof Map || key instanceof List) {
            throw wrong("a key that is no text and no number");
        }
        return String.valueOf(key);
    }

    private List<@Nullable Object> list(char close, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        while (!ends(close)) {
            list.add(value(depth));
            separator(close);
        }
        return list;
    }

    private boolean ends(char close) {
        skipSpace();
        if (peek() == close) {
            at++;
            return true;
        }
        return false;
    }

    private void separator(char close) {
        skipSpace();
        if (peek() == ',') {
            at++;
        } else if (peek() != close) {
            throw wrong("expected ',' or '%c'".formatted(close));
        }
    }

    private static boolean isNumberStart(char c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
    }

    private Number number() {
        int start = at;
        while (at < text.length() && (isNumberStart(text.charAt(at)) || "eE".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at - start > MAX_NUMBER_LENGTH) {
            throw wrong("a number of more than %d characters".formatted(MAX_NUMBER_LENGTH));
        }
        String number = text.substring(start, at);
        try {
            if (number.chars().allMatch(c -> "+-0123456789".indexOf(c) >= 0)) {
                BigInteger whole = new BigInteger(number);
                return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
            }
            return new BigDecimal(number);
        } catch (NumberFormatException notANumber) {
            at = start;
            throw wrong("not a number");
        }
    }

    private @Nullable Object word() {
        int start = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equalsIgnoreCase("u") && at < text.length() && "'\"".indexOf(text.charAt(at)) >= 0) {
            return string();
        }
        switch (word) {
            case "True":
                return true;
            case "False":
                return false;
            case "None":
                return null;
            default:
                at = start;
                throw wrong("expected a dict, list, tuple, text, number, True, False or None");
        }
    }

    private String string() {
        char quote = text.charAt(at++);
        StringBuilder string = new StringBuilder();
        while (peek() != quote) {
            char c = text.charAt(at++);
            if (c == '\\') {
                escape(string);
            } else {
                string.append(c);
            }
        }
        at++;
        return string.toString();
    }

    private void escape(StringBuilder string) {
        char c = peek();
        at++;
        int simple = "\\'\"abfnrtv".indexOf(c);
        if (simple >= 0) {
            string.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
        } else if (c >= '0' && c <= '7') {
            at--;
            string.append((char) octal());
        } else if (c == 'N') {
            string.appendCodePoint(named());
        } else if (c == 'x' || c == 'u' || c == 'U') {
            string.appendCodePoint(hex(c == 'x' ? 2 : c == 'u' ? 4 : 8));
        } else if (c != '\n') {
            // As Python does: what is no escape stands for itself, a backslash before the end of a line for nothing.
            string.append('\\').append(c);
        }
    }

    private int octal() {
        int value = 0;
        for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; i++) {
            value = value * 8 + (text.charAt(at++) - '0');
        }
        return value;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || value > Character.MAX_CODE_POINT >> 4) {
                throw wrong("a broken escape in a text");
            }
            value = value * 16 + digit;
            at++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw wrong("a broken escape in a text");
        }
        return value;
    }

    private int named() {
        int end = text.indexOf('}', at);
        try {
            if (peek() == '{' && end > 0) {
                int codePoint = Character.codePointOf(text.substring(at + 1, end));
                at = end + 1;
                return codePoint;
            }
        } catch (IllegalArgumentException unknownName) {
            // Told below.
        }
        throw wrong("a broken escape in a text");
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n\f".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("it ends in the middle of a value");
        }
        return text.charAt(at);
    }

    private BadOutputException wrong(String what) {
        return new BadOutputException("%s, at character %d".formatted(what, at + 1));
    }
}
