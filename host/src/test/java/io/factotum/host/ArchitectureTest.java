package io.factotum.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The direction of dependencies, as docs/architecture.md tells it. */
class ArchitectureTest {

    private static final JavaClasses IMPORTED =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.factotum");

    @Test
    void pluginApiDependsOnTheJdkVertxCoreAndJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("io.factotum.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.vertx.core..", "org.jspecify..", "io.factotum.api..")
                .check(IMPORTED);
    }

    @Test
    void hostKnowsNoPlugin() {
        noClasses()
                .that()
                .resideInAPackage("io.factotum.host..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.factotum.scripts..", "io.factotum.webhook..")
                .check(IMPORTED);
    }

    @Test
    void packagesOfTheHostFormNoCycle() {
        slices().matching("io.factotum.host.(*)..").should().beFreeOfCycles().check(IMPORTED);
    }

    @Test
    void packagesOfThePluginApiFormNoCycle() {
        slices().matching("io.factotum.api.(*)..").should().beFreeOfCycles().check(IMPORTED);
    }
}
