package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@code ***} in place of secrets, in each of their {@link SecretForms}. Immutable; any thread.
 *
 * <p>Each byte that belongs to an occurrence of any form is masked; occurrences that overlap become one {@code ***}.
 */
final class SecretMasker {

    static final String MASK = "***";

    private static final SecretMasker NONE = new SecretMasker(Set.of(), null, false);
    private static final SecretMasker HIDING = new SecretMasker(Set.of(), null, true);

    private final Set<String> secrets;
    private final @Nullable PatternTrie trie;
    private final boolean hides;

    private SecretMasker(Set<String> secrets, @Nullable PatternTrie trie, boolean hides) {
        this.secrets = secrets;
        this.trie = trie;
        this.hides = hides;
    }

    /** A masker of those secrets; ones shorter than {@link SecretForms#MIN_LENGTH} are left as they are. */
    static SecretMasker of(Collection<String> secrets) {
        Collection<String> forms = SecretForms.of(secrets);
        return forms.isEmpty() ? NONE : new SecretMasker(Set.copyOf(secrets), new PatternTrie(forms), false);
    }

    /** A masker in whose eyes every text is a secret. */
    static SecretMasker hiding() {
        return HIDING;
    }

    /** A masker of those, too. */
    SecretMasker and(Collection<String> more) {
        if (secrets.containsAll(more)) {
            return this;
        }
        Set<String> all = new LinkedHashSet<>(secrets);
        all.addAll(more);
        return of(all);
    }

    /** What is looked for. */
    @Nullable
    PatternTrie patterns() {
        return trie;
    }

    /** A masker that masks nothing. */
    static SecretMasker none() {
        return NONE;
    }

    /** For one stream of bytes that comes in pieces. */
    MaskedStream stream(MaskedStream.Output output) {
        return new MaskedStream(trie, output);
    }

    String mask(String text) {
        if (hides && !text.isEmpty()) {
            return MASK;
        }
        if (trie == null || text.length() < SecretForms.MIN_LENGTH) {
            return text;
        }
        byte[] bytes = text.getBytes(UTF_8);
        ByteArrayOutputStream masked = new ByteArrayOutputStream(bytes.length);
        MaskedStream stream = stream(masked::write);
        stream.append(bytes, 0, bytes.length);
        stream.finish();
        return masked.toString(UTF_8);
    }

    /** A copy, all keys and values masked; a number that is a secret becomes a text. */
    JsonObject mask(JsonObject object) {
        JsonObject masked = new JsonObject();
        for (Map.Entry<String, Object> member : object) {
            masked.put(mask(member.getKey()), maskValue(member.getValue()));
        }
        return masked;
    }

    /** A copy, all values masked. */
    JsonArray mask(JsonArray array) {
        JsonArray masked = new JsonArray();
        for (Object value : array) {
            masked.add(maskValue(value));
        }
        return masked;
    }

    private @Nullable Object maskValue(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return mask(object);
        }
        if (value instanceof JsonArray array) {
            return mask(array);
        }
        if (value instanceof String text) {
            return mask(text);
        }
        if (value instanceof Number number) {
            String text = number.toString();
            String masked = mask(text);
            return masked.equals(text) ? number : masked;
        }
        return value;
    }
}
