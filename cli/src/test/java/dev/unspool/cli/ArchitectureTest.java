// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.unspool", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule dependenciesPointOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("commands")
          .definedBy("dev.unspool.cli")
          .layer("runs")
          .definedBy("dev.unspool.cli.run")
          .layer("models")
          .definedBy("dev.unspool.cli.model")
          .layer("fits")
          .definedBy("dev.unspool.cli.fit")
          .layer("judges")
          .definedBy("dev.unspool.cli.judge")
          .layer("reports")
          .definedBy("dev.unspool.cli.report")
          .layer("searches")
          .definedBy("dev.unspool.cli.search")
          .layer("streams")
          .definedBy("dev.unspool.cli.online")
          .layer("live pages")
          .definedBy("dev.unspool.cli.online.page")
          .layer("messages")
          .definedBy("dev.unspool.cli.online.kafka")
          .layer("pages")
          .definedBy("dev.unspool.cli.html")
          .whereLayer("commands")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("runs")
          .mayOnlyBeAccessedByLayers(
              "commands",
              "pages",
              "models",
              "fits",
              "searches",
              "streams",
              "live pages",
              "messages")
          .whereLayer("pages")
          .mayOnlyBeAccessedByLayers("commands", "live pages")
          .whereLayer("live pages")
          .mayOnlyBeAccessedByLayers("commands")
          .whereLayer("searches")
          .mayOnlyBeAccessedByLayers("commands")
          .whereLayer("streams")
          .mayOnlyBeAccessedByLayers("commands", "live pages", "messages")
          .whereLayer("messages")
          .mayOnlyBeAccessedByLayers("commands")
          .whereLayer("models")
          .mayOnlyBeAccessedByLayers("commands", "pages")
          .whereLayer("fits")
          .mayOnlyBeAccessedByLayers("commands", "pages", "models")
          .whereLayer("judges")
          .mayOnlyBeAccessedByLayers("commands", "models", "runs")
          .whereLayer("reports")
          .mayOnlyBeAccessedByLayers(
              "commands",
              "pages",
              "models",
              "runs",
              "fits",
              "searches",
              "judges",
              "streams",
              "live pages",
              "messages");

  @ArchTest
  static final ArchRule theLibraryKnowsNothingOfTheCommand =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.unspool.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.unspool.cli..");

  @ArchTest
  static final ArchRule onlyCommandsKnowTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.unspool.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule onlyOnePlaceKnowsKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.unspool.cli.online.kafka")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule onlyReportsDraw =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.unspool.cli.report")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.knowm.xchart..");

  @ArchTest
  static final ArchRule theKernelsAreNobodysBusiness =
      noClasses()
          .that()
          .resideInAPackage("dev.unspool.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.unspool.kernel..");

  @ArchTest
  static final ArchRule nothingStaticChanges =
      fields()
          .that()
          .areStatic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAPackage("dev.unspool.cli..")
          .should()
          .beFinal();

  @ArchTest
  static final ArchRule classesAreFinalOrForInheritance =
      classes()
          .that()
          .resideInAPackage("dev.unspool.cli..")
          .and()
          .areNotInterfaces()
          .and()
          .areNotAnonymousClasses()
          .and()
          .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
          .should()
          .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
