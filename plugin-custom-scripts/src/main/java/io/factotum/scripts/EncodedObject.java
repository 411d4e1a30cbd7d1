package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an object out of base64: JSON in it or, where that fails, a Python literal. */
final class EncodedObject {

    static final int MAX_BYTES = 1 << 20;
    static final int MAX_DEPTH = PythonLiteral.MAX_DEPTH;
    private static final int MAX_NUMBER_LENGTH = 1000;

    /** A number of more digits than a double can hold is a mistake, and more than PostgreSQL's JSON is a fault. */
    private static final int MAX_DIGITS = 400;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(MAX_BYTES)
                            .maxNameLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private EncodedObject() {}

    /** The object in a word. @throws BadOutputException saying what of it cannot be read */
    static JsonObject decode(String word) {
        byte[] bytes = base64(word);
        if (bytes.length > MAX_BYTES) {
            throw new BadOutputException(
                    "the decoded object has %d bytes, more than %d".formatted(bytes.length, MAX_BYTES));
        }
        if (!(parse(utf8(bytes)) instanceof Map<?, ?> map)) {
            throw new BadOutputException("what is in the base64 is not an object");
        }
        return object(map);
    }

    private static byte[] base64(String word) {
        String bare = isPythonBytes(word) ? word.substring(2, word.length() - 1) : word;
        int end = bare.length();
        while (end > 0 && end > bare.length() - 2 && bare.charAt(end - 1) == '=') {
            end--;
        }
        try {
            return Base64.getDecoder()
                    .decode(bare.substring(0, end).replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException notBase64) {
            throw new BadOutputException("it is not base64");
        }
    }

    private static boolean isPythonBytes(String word) {
        return word.length() > 2
                && word.charAt(0) == 'b'
                && (word.charAt(1) == '\'' || word.charAt(1) == '"')
                && word.charAt(word.length() - 1) == word.charAt(1);
    }

    private static String utf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notUtf8) {
            throw new BadOutputException("what is in the base64 is not UTF-8");
        }
    }

    private static @Nullable Object parse(String text) {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JsonProcessingException notJson) {
            return parsePython(text, reason(notJson));
        } catch (NumberFormatException notANumber) {
            // Jackson lets this one through for an exponent that is out of all bounds.
            return parsePython(text, "a number out of all bounds");
        }
    }

    private static @Nullable Object parsePython(String text, String whyNotJson) {
        try {
            return PythonLiteral.parse(text);
        } catch (BadOutputException notPython) {
            throw new BadOutputException("what is in the base64 is neither JSON (%s) nor a Python literal (%s)"
                    .formatted(whyNotJson, notPython.getMessage()));
        }
    }

    private static String reason(JsonProcessingException notJson) {
        JsonLocation location = notJson.getLocation();
        String message = notJson.getOriginalMessage();
        if (message.contains("nesting depth")) {
            message = "nested deeper than %d levels".formatted(MAX_DEPTH);
        } else if (message.contains("Number value length")) {
            message = "a number of more than %d characters".formatted(MAX_NUMBER_LENGTH);
        } else {
            message = "syntax error";
        }
        return location == null ? message : message + ", at character " + location.getColumnNr();
    }

    private static JsonObject object(Map<?, ?> map) {
        JsonObject object = new JsonObject();
        map.forEach((key, value) -> object.put(clean(String.valueOf(key)), value(value)));
        return object;
    }

    private static JsonArray array(List<?> list) {
        JsonArray array = new JsonArray();
        list.forEach(value -> array.add(value(value)));
        return array;
    }

    private static @Nullable Object value(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        if (value instanceof List<?> list) {
            return array(list);
        }
        if (value instanceof String text) {
            return clean(text);
        }
        return value instanceof Number number ? number(number) : value;
    }

    /** PostgreSQL's JSON holds neither NUL nor half a surrogate pair. */
    private static String clean(String text) {
        boolean isClean = text.codePoints().noneMatch(EncodedObject::isUnstorable);
        if (isClean) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(isUnstorable(c) ? '\uFFFD' : c));
        return clean.toString();
    }

    private static boolean isUnstorable(int c) {
        return c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static Number number(Number number) {
        if (number instanceof BigInteger whole) {
            return checked(new BigDecimal(whole)).toBigInteger();
        }
        if (!(number instanceof BigDecimal decimal)) {
            return number;
        }
        double nearest = checked(decimal).doubleValue();
        boolean exact = !Double.isInfinite(nearest) && new BigDecimal(Double.toString(nearest)).compareTo(decimal) == 0;
        return exact ? (Number) nearest : decimal;
    }

    private static BigDecimal checked(BigDecimal decimal) {
        long wholeDigits = (long) decimal.precision() - decimal.scale();
        if (decimal.signum() != 0 && (wholeDigits > MAX_DIGITS || decimal.scale() > MAX_DIGITS)) {
            throw new BadOutputException("a number in it has more than %d digits".formatted(MAX_DIGITS));
        }
        return decimal.signum() == 0 ? BigDecimal.ZERO : decimal;
    }
}
