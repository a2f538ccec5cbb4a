// SPDX-License-Identifier: Apache-2.0
package dev.unspool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds core to docs/architecture.md: dependencies that point one way, and what API is made of. */
final class ArchitectureTest {
  private static final String ROOT = "dev.unspool.";

  /** Each room of the house, and the rooms it may look into. A new room needs a line here. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("predict", Set.of()), // a module of its own, on Java 17
          Map.entry("model", Set.of()),
          Map.entry("kernel", Set.of("model")),
          Map.entry("program", Set.of("model", "kernel", "predict")),
          Map.entry("step", Set.of("model", "program", "predict")),
          Map.entry("cell", Set.of("step")),
          Map.entry("network", Set.of("model", "step", "cell")),
          Map.entry("loss", Set.of("model", "kernel")),
          Map.entry("optimizer", Set.of("model", "kernel")),
          Map.entry("engine", Set.of("model", "loss")),
          Map.entry("data", Set.of("model", "engine", "predict")),
          Map.entry("tbptt", Set.of("model", "loss", "engine")),
          Map.entry("rtrl", Set.of("model", "loss", "engine", "program", "step", "network")),
          Map.entry("inference", Set.of("model", "loss", "engine", "step", "predict")),
          Map.entry("train", Set.of("model", "loss", "engine", "optimizer")),
          Map.entry(
              "online",
              Set.of("model", "loss", "optimizer", "rtrl", "score", "baseline", "predict")),
          Map.entry("checkpoint", Set.of("model")),
          Map.entry(
              "onnx",
              Set.of("model", "program", "step", "cell", "network", "predict", "checkpoint")),
          Map.entry("lm", Set.of()),
          Map.entry("baseline", Set.of("model", "predict", "data", "score")),
          Map.entry("score", Set.of("model", "predict")),
          Map.entry("sequence", Set.of("program", "model", "kernel", "lm")),
          Map.entry("jacobian", Set.of("model", "network", "step", "program", "sequence", "lm")),
          Map.entry("narx", Set.of("model", "step", "sequence", "lm")));

  /** Each library that core uses, and the rooms that know it. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "de.siegmar.fastcsv..", List.of("data"),
          "com.google.gson..", List.of("checkpoint"),
          "org.ejml..", List.of("lm", "baseline"), // linear algebra in float64
          "jdk.incubator.vector..", List.of("kernel"));

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.unspool");

  @Test
  void everyRoomIsKnown() {
    var rooms =
        CORE.stream()
            .map(type -> type.getPackageName().substring(ROOT.length()))
            .map(name -> name.split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(rooms.containsAll(Set.of("model", "kernel", "tbptt")), "found only " + rooms);
    rooms.removeAll(MAY_USE.keySet());
    assertEquals(Set.of(), rooms, "add these packages here and to docs/architecture.md");
  }

  @Test
  void dependenciesPointOneWay() {
    MAY_USE.forEach(
        (room, others) -> {
          var allowed = new ArrayList<>(List.of(packages(room)));
          others.forEach(other -> allowed.add(packages(other)));
          var elsewhere =
              resideInAPackage("dev.unspool..")
                  .and(DescribedPredicate.not(resideInAnyPackage(allowed.toArray(String[]::new))))
                  .as("reside in dev.unspool but outside of %s", allowed);
          noClasses()
              .that()
              .resideInAPackage(packages(room))
              .should(dependOnClassesThat(elsewhere))
              .allowEmptyShould(true)
              .check(CORE);
        });
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("dev.unspool.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void eachLibraryStaysInItsRooms() {
    LIBRARIES.forEach(
        (library, rooms) ->
            noClasses()
                .that()
                .resideOutsideOfPackages(
                    rooms.stream().map(ArchitectureTest::packages).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CORE));
    var known = new ArrayList<>(List.of("java..", "org.jspecify..", "dev.unspool.."));
    known.addAll(LIBRARIES.keySet());
    classes()
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(known.toArray(String[]::new)))
        .check(CORE);
  }

  @Test
  void kernelsAndVectorsAppearInNoPublicSignature() {
    classes()
        .that()
        .resideOutsideOfPackage(packages("kernel"))
        .should(mentionNowhereInTheirApi(packages("kernel"), "jdk.incubator.vector.."))
        .check(CORE);
  }

  @Test
  void whatUsersCannotNameAppearsInNoSignatureForThem() throws IOException {
    String module =
        Files.readString(Path.of("src/main/java/module-info.java"))
            + Files.readString(Path.of("../predict/src/main/java/module-info.java"));
    var exported =
        Pattern.compile("exports ([\\w.]+);")
            .matcher(module)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertTrue(exported.contains(ROOT + "model"), "found only " + exported);
    var hidden =
        CORE.stream()
            .map(JavaClass::getPackageName)
            .distinct()
            .filter(name -> !exported.contains(name))
            .toArray(String[]::new);
    assertTrue(List.of(hidden).contains(ROOT + "program"), "found only " + List.of(hidden));
    classes()
        .that()
        .resideInAnyPackage(exported.toArray(String[]::new))
        .should(mentionNowhereInTheirApi(hidden))
        .because("their packages are not exported to everybody")
        .check(CORE);
  }

  @Test
  void classesAreFinalOrInterfaces() {
    classes()
        .should(beFinalOrAnInterface())
        .because("everything is an interface or a final class, record or enum")
        .check(CORE);
  }

  @Test
  void nothingStaticChanges() {
    fields().that().areStatic().should().beFinal().check(CORE);
    fields()
        .that()
        .areStatic()
        .and()
        .areNotPrivate()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .notHaveRawType(DescribedPredicate.describe("arrays", JavaClass::isArray))
        .because("the values of an array can be changed from elsewhere")
        .allowEmptyShould(true)
        .check(CORE);
  }

  @Test
  void aLibraryDoesNotPrint() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CORE);
  }

  @Test
  void everyRoomSaysWhatItIsFor() throws IOException {
    try (var files = Files.walk(Path.of("src/main/java"))) {
      var silent =
          files
              .filter(
                  file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertEquals(List.of(), silent, "add a package-info.java");
    }
  }

  @Test
  void aLibraryBringsNoLogger() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.logging..", "org.slf4j..")
        .check(CORE);
  }

  private static String packages(String room) {
    return ROOT + room + "..";
  }

  private static ArchCondition<JavaClass> beFinalOrAnInterface() {
    return new ArchCondition<>("be final classes, records, enums or interfaces") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!type.isInterface()
            && !type.isEnum()
            && !type.isAnonymousClass()
            && !isConstantOfAnEnum(type)
            && !type.getModifiers().contains(JavaModifier.FINAL)) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " can be extended"));
        }
      }
    };
  }

  private static boolean isConstantOfAnEnum(JavaClass type) {
    return type.getRawSuperclass().map(JavaClass::isEnum).orElse(false);
  }

  /** Also looks into type arguments, arrays, type parameters and what is thrown. */
  private static ArchCondition<JavaClass> mentionNowhereInTheirApi(String... packages) {
    var hidden = resideInAnyPackage(packages);
    return new ArchCondition<>("mention nothing of %s in their API", List.of(packages)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!isApi(type)) {
          return;
        }
        var above = new ArrayList<JavaType>(type.getInterfaces());
        type.getSuperclass().ifPresent(above::add);
        above.addAll(type.getTypeParameters());
        report(type, type.getName(), above, events);
        for (JavaField field : type.getFields()) {
          if (isApi(field)) {
            report(type, field.getFullName(), List.of(field.getType()), events);
          }
        }
        for (JavaCodeUnit unit : type.getCodeUnits()) {
          if (isApi(unit)) {
            var mentioned = new ArrayList<>(unit.getParameterTypes());
            mentioned.add(unit.getReturnType());
            mentioned.addAll(unit.getTypeParameters());
            mentioned.addAll(unit.getExceptionTypes());
            report(type, unit.getFullName(), mentioned, events);
          }
        }
      }

      private void report(
          JavaClass type, String where, List<JavaType> mentioned, ConditionEvents events) {
        mentioned.stream()
            .flatMap(found -> found.getAllInvolvedRawTypes().stream())
            .map(JavaClass::getBaseComponentType)
            .filter(hidden)
            .forEach(
                found ->
                    events.add(
                        SimpleConditionEvent.violated(
                            type, "%s mentions %s".formatted(where, found.getName()))));
      }
    };
  }

  private static boolean isApi(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isApi).orElse(true);
  }

  private static boolean isApi(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }
}
