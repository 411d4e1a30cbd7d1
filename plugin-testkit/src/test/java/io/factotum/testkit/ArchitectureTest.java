package io.factotum.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** Which way the testkit looks: to the host and plugin-api, and nobody looks back. */
class ArchitectureTest {

    private static final JavaClasses IMPORTED =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.factotum");

    @Test
    void nothingDependsOnTheTestkit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.factotum.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.factotum.testkit..")
                .check(IMPORTED);
    }

    @Test
    void testkitStartsAHostAndLooksIntoNothingElseOfIt() {
        classes()
                .that()
                .resideInAPackage("io.factotum.testkit..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.vertx..",
                        "org.jspecify..",
                        "org.junit.jupiter.api..",
                        "io.factotum.api..",
                        "io.factotum.testkit..",
                        // Host and its plugins' management; the embedded PostgreSQL.
                        "io.factotum.host",
                        "io.factotum.host.plugin",
                        "io.factotum.host.storage")
                .check(IMPORTED);
    }

    @Test
    void whoTestsAPluginSeesNoClassOfTheHost() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("io.factotum.testkit..")
                .should()
                .notHaveRawReturnType(resideInAnyPackage("io.factotum.host.."))
                .check(IMPORTED);
    }
}
