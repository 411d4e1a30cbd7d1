package io.factotum.scripts;

import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.resource.Endpoint;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Masks every text of a result; its trace was masked as it was printed. */
final class MaskedResult {

    private MaskedResult() {}

    static LifecycleResult of(LifecycleResult result, SecretMasker masker) {
        String backendId = result.backendId();
        JsonObject metadata = result.backendMetadata();
        return new LifecycleResult(
                result.outcome(),
                result.code(),
                masker.mask(result.message()),
                backendId == null ? null : masker.mask(backendId),
                metadata == null ? null : masker.mask(metadata),
                each(result.endpoints(), e -> new Endpoint(masker.mask(e.name()), masker.mask(e.url()))),
                each(
                        result.usages(),
                        u -> new Usage(u.type(), u.amount(), masker.mask(u.description()), u.recurring())),
                each(result.report(), s -> new ReportSection(masker.mask(s.header()), masker.mask(s.body()))),
                result.warnings().stream().map(masker::mask).toList(),
                result.trace());
    }

    private static <T> @Nullable List<T> each(@Nullable List<T> items, UnaryOperator<T> mask) {
        return items == null ? null : items.stream().map(mask).toList();
    }
}
