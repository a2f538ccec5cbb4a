// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.LearningConfig;
import dev.unspool.cli.online.RecordFormat;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.run.DampingRule;
import dev.unspool.cli.run.FitMethod;
import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.OptimizerKind;
import dev.unspool.cli.run.Prediction;
import dev.unspool.cli.run.ScheduleKind;
import dev.unspool.cli.run.SeriesLoss;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TokenKind;
import dev.unspool.data.TimeColumn;
import dev.unspool.model.WeightPolicy;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.network.Cell;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The words that options take, for help, completion and conversion. */
final class Choices {
  private static final List<String> FILLS = List.of("last", "linear", "zero");

  private Choices() {}

  /** Makes a command understand the words. */
  static void register(CommandLine command) {
    registerNumbers(command);
    register(command, GradientKind.class);
    register(command, WeightPolicy.class);
    register(command, OptimizerKind.class);
    register(command, ScheduleKind.class);
    register(command, SeriesLoss.class);
    register(command, TokenKind.class);
    register(command, Prediction.class);
    register(command, Identification.class);
    register(command, InitialOutputs.class);
    register(command, DampingRule.class);
    register(command, FitMethod.class);
    register(command, SeriesScale.class);
    register(command, TimeOptions.Order.class);
    register(command, TimeColumn.Duplicates.class);
    register(command, Calendar.Part.class);
    register(command, RecordFormat.Kind.class);
    register(command, LearningConfig.Guards.OnSpike.class);
    command.registerConverter(Fill.class, word -> converted(() -> fill(word)));
    command.registerConverter(Path.class, Choices::path);
    // Its warnings about quotes are no lines for users; the error is said anyway.
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
  }

  /** An empty path would be the folder in which the command runs. */
  private static Path path(String word) {
    if (word.isEmpty()) {
      throw new CommandLine.TypeConversionException("'' is no file and no folder");
    }
    return Path.of(word);
  }

  private static Fill fill(String word) {
    Fill fill = FILLS.contains(word) ? Labels.parse(Fill.class, word) : Fill.NONE;
    if (fill == Fill.NONE) {
      throw new IllegalArgumentException(
          "'%s' is none of %s".formatted(word, String.join(", ", FILLS)));
    }
    return fill;
  }

  private static void registerNumbers(CommandLine command) {
    CommandLine.ITypeConverter<Integer> whole =
        word -> (int) whole(word, Integer.MIN_VALUE, Integer.MAX_VALUE);
    CommandLine.ITypeConverter<Long> large = word -> whole(word, Long.MIN_VALUE, Long.MAX_VALUE);
    command.registerConverter(int.class, whole).registerConverter(Integer.class, whole);
    command.registerConverter(long.class, large).registerConverter(Long.class, large);
    command.registerConverter(double.class, Choices::number);
    command.registerConverter(Double.class, Choices::number);
  }

  private static double number(String word) {
    try {
      double value = Double.parseDouble(word);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new CommandLine.TypeConversionException("'%s' is not a finite number".formatted(word));
  }

  private static long whole(String word, long least, long most) {
    try {
      long value = Long.parseLong(word);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new CommandLine.TypeConversionException(
        word.matches("[+-]?[0-9]+")
            ? "'%s' is not a whole number from %s to %s".formatted(word, least, most)
            : "'%s' is not a whole number".formatted(word));
  }

  private static <E extends Enum<E>> void register(CommandLine command, Class<E> type) {
    command.registerConverter(type, word -> converted(() -> Labels.parse(type, word)));
  }

  private static <T> T converted(Supplier<T> parsed) {
    try {
      return parsed.get();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  /** A list that picocli can make by itself. */
  abstract static class Words extends AbstractList<String> {
    private final List<String> words;

    Words(List<String> words) {
      this.words = words;
    }

    @Override
    public String get(int index) {
      return words.get(index);
    }

    @Override
    public int size() {
      return words.size();
    }
  }

  /** Asked only when somebody reads them: most commands need no cell. */
  static final class Cells extends AbstractList<String> {
    @Override
    public String get(int index) {
      return Cell.labels().get(index);
    }

    @Override
    public int size() {
      return Cell.labels().size();
    }
  }

  static final class Policies extends Words {
    Policies() {
      super(Labels.all(WeightPolicy.class));
    }
  }

  static final class Gradients extends Words {
    Gradients() {
      super(Labels.all(GradientKind.class));
    }
  }

  static final class Optimizers extends Words {
    Optimizers() {
      super(Labels.all(OptimizerKind.class));
    }
  }

  static final class Schedules extends Words {
    Schedules() {
      super(Labels.all(ScheduleKind.class));
    }
  }

  static final class SeriesLosses extends Words {
    SeriesLosses() {
      super(Labels.all(SeriesLoss.class));
    }
  }

  static final class SeriesScales extends Words {
    SeriesScales() {
      super(Labels.all(SeriesScale.class));
    }
  }

  static final class Orders extends Words {
    Orders() {
      super(Labels.all(TimeOptions.Order.class));
    }
  }

  static final class DuplicateRows extends Words {
    DuplicateRows() {
      super(Labels.all(TimeColumn.Duplicates.class));
    }
  }

  static final class CalendarParts extends Words {
    CalendarParts() {
      super(Labels.all(Calendar.Part.class));
    }
  }

  static final class Fills extends Words {
    Fills() {
      super(FILLS);
    }
  }

  /** Some of the words that there are. */
  abstract static class Some<E extends Enum<E>> implements CommandLine.ITypeConverter<E> {
    private final Class<E> type;
    private final List<String> words;

    Some(Class<E> type, List<String> words) {
      this.type = type;
      this.words = words;
    }

    @Override
    public E convert(String word) {
      if (!words.contains(word)) {
        throw new CommandLine.TypeConversionException(
            "'%s' is none of %s".formatted(word, String.join(", ", words)));
      }
      return Labels.parse(type, word);
    }
  }

  /** What stands for a number that a stream lacks; the next one is not known there. */
  static final class StreamFill extends Some<Fill> {
    private static final List<String> WORDS = List.of("last", "zero", "none");

    StreamFill() {
      super(Fill.class, WORDS);
    }
  }

  /** What a network of a table says; its baselines are judged afterwards. */
  static final class TablePrediction extends Some<Prediction> {
    private static final List<String> WORDS = List.of("change", "level");

    TablePrediction() {
      super(Prediction.class, WORDS);
    }
  }

  static final class TablePredictions extends Words {
    TablePredictions() {
      super(TablePrediction.WORDS);
    }
  }

  static final class StreamFills extends Words {
    StreamFills() {
      super(StreamFill.WORDS);
    }
  }

  static final class OnSpikes extends Words {
    OnSpikes() {
      super(Labels.all(LearningConfig.Guards.OnSpike.class));
    }
  }

  static final class StreamLosses extends Words {
    StreamLosses() {
      super(List.of("mse", "huber"));
    }
  }

  static final class RecordFormats extends Words {
    RecordFormats() {
      super(Labels.all(RecordFormat.Kind.class));
    }
  }

  static final class TokenKinds extends Words {
    TokenKinds() {
      super(Labels.all(TokenKind.class));
    }
  }

  static final class Predictions extends Words {
    Predictions() {
      super(Labels.all(Prediction.class));
    }
  }

  static final class Feeds extends Words {
    Feeds() {
      super(Labels.all(Identification.class));
    }
  }

  static final class Initials extends Words {
    Initials() {
      super(Labels.all(InitialOutputs.class));
    }
  }

  static final class DampingRules extends Words {
    DampingRules() {
      super(Labels.all(DampingRule.class));
    }
  }

  static final class FitMethods extends Words {
    FitMethods() {
      super(Labels.all(FitMethod.class));
    }
  }

  static final class LossPlaces extends Words {
    LossPlaces() {
      super(List.of("every", "last"));
    }
  }
}
