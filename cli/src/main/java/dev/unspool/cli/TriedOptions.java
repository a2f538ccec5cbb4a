// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.cli.search.Search;
import dev.unspool.cli.search.Space;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which options of {@code train} a search may try, and what values they take. */
final class TriedOptions {
  /** Options of the data that change what a model sees, and not what it is judged by. */
  private static final Set<String> SEEN =
      Set.of("--input", "--known", "--calendar", "--fill", "--gap");

  /** Options that change nothing that is learned, or when trials are compared. */
  private static final Set<String> IDLE =
      Set.of(
          "--threads",
          "--report-every",
          "--checkpoint-every",
          "--checkpoint-updates",
          "--max-minutes",
          "--max-updates");

  private final CommandSpec train = new CommandLine(new Train()).getCommandSpec();
  private final Set<String> judged =
      train.argGroups().stream()
          .filter(group -> LearningOptions.DATA.equals(group.heading()))
          .map(ArgGroupSpec::allOptionsNested)
          .flatMap(List::stream)
          .map(OptionSpec::longestName)
          .filter(name -> !SEEN.contains(name))
          .collect(Collectors.toSet());
  private final Set<String> settings =
      train.argGroups().stream()
          .map(ArgGroupSpec::allOptionsNested)
          .flatMap(List::stream)
          .map(OptionSpec::longestName)
          .collect(Collectors.toSet());

  /** What values an option takes; it refuses those that cannot be tried. */
  Space.Kind kind(String name) {
    OptionSpec option = train.findOption(name);
    if (option == null) {
      throw new UsageException(
          "--try %s: 'unspool train' has no such option; see 'unspool train --help'"
              .formatted(name));
    }
    UsageException.require(
        name.equals(option.longestName()),
        "--try takes long names, %s and not %s".formatted(option.longestName(), name));
    UsageException.require(
        settings.contains(name) && !IDLE.contains(name),
        "--try %s: that is no setting of a model or of how it learns".formatted(name));
    UsageException.require(
        !judged.contains(name),
        "--try %s: trials are compared by their validation loss, and that changes what it means; make a search for each value"
            .formatted(name));
    UsageException.require(
        option.arity().max() > 0,
        "--try %s: it takes no value; give it to all trials, or make a search with it and one without"
            .formatted(name));
    List<String> inner =
        option.typeInfo().getAuxiliaryTypeInfos().stream()
            .map(type -> type.getClassSimpleName())
            .toList();
    return kindOf(
        option.typeInfo().isCollection() && !inner.isEmpty()
            ? inner.getFirst()
            : option.typeInfo().getClassSimpleName());
  }

  /**
   * Refuses trials whose validation losses are of different things: whether a target is among the
   * inputs may decide how far ahead it is predicted, and whether as a change.
   *
   * @param trials what each is, by its options
   */
  static void requireSameLoss(Map<Map<String, String>, CsvConfig> trials) {
    Map.Entry<Map<String, String>, CsvConfig> first = null;
    for (Map.Entry<Map<String, String>, CsvConfig> trial : trials.entrySet()) {
      first = first == null ? trial : first;
      requireSameLoss(first, trial);
    }
  }

  private static void requireSameLoss(
      Map.Entry<Map<String, String>, CsvConfig> one,
      Map.Entry<Map<String, String>, CsvConfig> other) {
    String of = predicted(one.getValue());
    String otherOf = predicted(other.getValue());
    UsageException.require(
        of.equals(otherOf),
        "trials are compared by their validation loss, which with %s would be of %s, and with %s of %s; give --predict level and --horizon to all of them"
            .formatted(Search.words(one.getKey()), of, Search.words(other.getKey()), otherOf));
    UsageException.require(
        one.getValue().outputs().equals(other.getValue().outputs()),
        "trials are compared by their validation loss, which with %s would be in other units than with %s, since other rows are left out; give --fill, which keeps all rows"
            .formatted(Search.words(one.getKey()), Search.words(other.getKey())));
  }

  private static String predicted(CsvConfig table) {
    return "%s, %s".formatted(table.predicted(), table.output().ahead());
  }

  private static Space.Kind kindOf(String type) {
    return switch (type) {
      case "int", "Integer", "long", "Long" -> Space.Kind.WHOLE;
      case "double", "Double" -> Space.Kind.REAL;
      default -> Space.Kind.WORDS;
    };
  }
}
