package io.factotum.webhook;

import io.factotum.api.resource.Component;
import io.factotum.api.resource.Usage;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one usage of a result, {@code {type, amount, description, recurring}}. */
final class UsageReader {

    private static final int MOST_WHOLE_DIGITS = 18;
    private static final int MOST_PLACES = 2;
    private static final int LONGEST_AMOUNT = 100;
    private static final String EXPECTED_AMOUNT =
            "Expected a number of at least 0, with at most 18 digits before the point and 2 after it";

    private final List<String> types;

    UsageReader(List<Component> components) {
        types = components.stream()
                .filter(Component::isReportable)
                .map(Component::type)
                .toList();
    }

    Usage read(JsonObject json) {
        String type = type(json.getValue("type"));
        Object description = json.getValue("description");
        if (description != null && !(description instanceof String)) {
            throw new BadAnswerException(
                    "the description of usage '%s' is no text. Expected one, or none".formatted(type));
        }
        Object recurring = json.getValue("recurring");
        if (recurring != null && !(recurring instanceof Boolean)) {
            throw new BadAnswerException(
                    "recurring of usage '%s' is neither true nor false. Expected one of these, or none"
                            .formatted(type));
        }
        return new Usage(
                type,
                amount(type, json.getValue("amount")),
                description == null ? "" : (String) description,
                Boolean.TRUE.equals(recurring));
    }

    private String type(@Nullable Object value) {
        if (value instanceof String type && types.contains(type)) {
            return type;
        }
        throw new BadAnswerException(
                "usage is reported for '%s', which the offering has not got, or bills at a fixed amount. Expected %s"
                        .formatted(
                                value,
                                types.isEmpty()
                                        ? "no usages: there is no component that they are reported for"
                                        : types.stream().collect(Collectors.joining(", ", "one of ", ""))));
    }

    private static BigDecimal amount(String type, @Nullable Object value) {
        if (value instanceof Number || value instanceof String) {
            BigDecimal amount = decimal(value.toString().strip());
            if (amount != null
                    && amount.signum() >= 0
                    && (long) amount.precision() - amount.scale() <= MOST_WHOLE_DIGITS
                    && amount.scale() <= MOST_PLACES) {
                return amount.scale() < 0 ? amount.setScale(0) : amount;
            }
        }
        throw new BadAnswerException("the amount of usage '%s' cannot be used. %s".formatted(type, EXPECTED_AMOUNT));
    }

    private static @Nullable BigDecimal decimal(String text) {
        try {
            // Reading a number takes time that grows with the square of its length.
            return text.length() <= LONGEST_AMOUNT ? new BigDecimal(text).stripTrailingZeros() : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }
}
