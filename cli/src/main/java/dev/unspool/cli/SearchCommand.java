// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.NumberedFolders;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.ScheduleKind;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.cli.search.Search;
import dev.unspool.cli.search.SearchFile;
import dev.unspool.cli.search.SearchTable;
import dev.unspool.cli.search.Space;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unspool search}. */
@Command(
    name = "search",
    header = "Train many configurations a little, the better ones longer, and find the best.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "unspool search --csv FILE --target COLUMN --try SETTINGS [OPTIONS]",
      "       unspool search --text FILE --try SETTINGS [OPTIONS]",
    },
    description = {
      "",
      "What is not tried is given as to 'unspool train', for all trials. A search that was stopped or"
          + " killed goes on when the same command is given again.",
    },
    sortOptions = false,
    optionListHeading = "%nSearch:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool search --csv load.csv --target load --try 'k2=24,168 hidden=32,64 lr=1e-3..1e-2'",
      "  unspool search --csv load.csv --target load --try 'cell=lstm,gru hidden=16..128' --trials 30",
      "  unspool search --text novel.txt --try 'layers=1,2 dropout=0..0.4' --epochs 18",
    })
final class SearchCommand implements Callable<Integer> {
  private static final int TRIALS = 20;
  private static final int FINAL_SEEDS = 3;
  private static final int HALVING = 3;

  /** Options that do not say what is searched; the same search may be given others. */
  private static final Set<String> ASIDE =
      Set.of("--out", "--force", "--parallel", "--json", "-q", "--quiet", "--debug");

  /** Options that 'unspool train' does not have, or has another way for. */
  private static final Set<String> OWN =
      Set.of("--try", "--trials", "--halving", "--final-seeds", "--threads");

  @Option(
      names = "--try",
      paramLabel = "SETTINGS",
      required = true,
      description =
          "Options of 'unspool train' without their dashes, and what is tried of them: values with"
              + " commas between them (bars, if a value has a comma in it: hidden='64|64,32'), or a"
              + " range of numbers, lr=1e-3..1e-2, which is drawn from evenly by its logarithm, or if"
              + " it begins at or below zero, by itself. Default: none.")
  String tried = "";

  @Option(
      names = "--trials",
      paramLabel = "N",
      description =
          "Configurations that are drawn; all combinations, if only lists are tried and there are"
              + " not more. Default: "
              + TRIALS
              + ".")
  int trials = TRIALS;

  @Option(
      names = "--halving",
      paramLabel = "N",
      description =
          "One trial in N goes on, to N times as many epochs, until the last have come to --epochs;"
              + " 1: all do. Default: "
              + HALVING
              + ".")
  int halving = HALVING;

  @Option(
      names = "--final-seeds",
      paramLabel = "N",
      description =
          "Train the best configuration again with so many other seeds; 0: it is left at the trial."
              + " Default: "
              + FINAL_SEEDS
              + ".")
  int finalSeeds = FINAL_SEEDS;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Trials at a time, each on one processor; results do not depend on it. 0: as many as there"
              + " are processors. Default: 0.")
  int parallel;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the search. Default: runs/, the data's name and -search.")
  @Nullable Path out;

  @Option(names = "--force", description = "Throw away a search that is in that folder already.")
  boolean force;

  @Mixin CommonOptions common = new CommonOptions();

  @Mixin LearningOptions learning = new LearningOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    UsageException.require(trials >= 1, "--trials must be at least 1, found " + trials);
    UsageException.require(halving >= 1, "--halving must be at least 1, found " + halving);
    UsageException.require(
        finalSeeds >= 0, "--final-seeds must not be negative, found " + finalSeeds);
    UsageException.require(parallel >= 0, "--parallel must not be negative, found " + parallel);
    requireComparable();
    Space space = Space.parse(tried, new TriedOptions()::kind);
    for (Space.Dimension dimension : space.dimensions()) {
      UsageException.require(
          !spec.commandLine().getParseResult().hasMatchedOption(dimension.option()),
          "%s is given and tried; leave one of them out".formatted(dimension.option()));
    }
    List<Map<String, String>> drawn = space.trials(trials, learning.training.seed);
    int epochs = requirePossible(space, drawn);
    Path file =
        learning.data.text != null ? learning.data.text : Objects.requireNonNull(learning.data.csv);
    Path folder = out != null ? out : Path.of("runs", Train.stem(file) + "-search");
    return search(folder, space, drawn, epochs);
  }

  /** Refuses what leaves nothing to compare trials by, or compares them at another time. */
  private void requireComparable() {
    learning.data.isText();
    UsageException.require(
        learning.data.valid > 0, "--valid 0 leaves no part on which trials could be compared");
    UsageException.require(
        learning.training.maxMinutes == 0
            && (learning.training.epochs == null || learning.training.epochs > 0),
        "a search compares trials after so many epochs: give --epochs, and no --max-minutes");
  }

  /**
   * Refuses values that 'unspool train' would refuse, with its own words.
   *
   * @return epochs of the trial that has the fewest
   */
  private int requirePossible(Space space, List<Map<String, String>> drawn) throws IOException {
    var checked = new LinkedHashSet<>(drawn);
    for (Space.Dimension dimension : space.dimensions()) {
      for (String corner : dimension.corners()) {
        var options = new LinkedHashMap<>(drawn.getFirst());
        options.put(dimension.option(), corner);
        checked.add(options);
      }
    }
    int least = Integer.MAX_VALUE;
    var courses = EnumSet.noneOf(ScheduleKind.class);
    var tables = new LinkedHashMap<Map<String, String>, CsvConfig>();
    for (Map<String, String> options : checked) {
      try (Prepared prepared = train(options, null).prepare(null)) {
        TrainingConfig training = prepared.config().requireTraining();
        least = Math.min(least, training.limit().epochs());
        courses.add(training.rate().schedule());
        if (prepared.config().csv() != null) {
          tables.put(options, prepared.config().csv());
        }
      }
    }
    TriedOptions.requireSameLoss(tables);
    Train first = train(drawn.getFirst(), null);
    first.learning.training.requireEffect(courses);
    try (Prepared prepared = first.prepare(null)) {
      first.remark(prepared);
    }
    return least;
  }

  private int search(Path folder, Space space, List<Map<String, String>> drawn, int epochs)
      throws IOException {
    Console console = common.console();
    try (FolderLock _ = FolderLock.take(folder, console);
        Stop stop = Stop.onShutdown("'search' with the same words goes on where its file says")) {
      SearchFile file = file(folder, drawn);
      console.note(
          "%s of %s, %s"
              .formatted(
                  space.isGrid(trials) ? "All combinations" : "Combinations drawn by --seed",
                  Search.words(drawn.getFirst()).replaceAll("=\\S*", ""),
                  drawn.size()));
      var search =
          new Search(
              folder,
              file,
              (options, seed) -> train(options, seed).prepare(seed),
              halving,
              parallel > 0 ? parallel : Runtime.getRuntime().availableProcessors(),
              console,
              stop);
      SearchFile ended = search.run(epochs);
      if (ended == null) {
        console.note("Stopped; the same command goes on where it was");
        return Training.STOPPED;
      }
      say(folder, ended, console);
      return 0;
    }
  }

  /** The search that is in the folder, or a new one. */
  private SearchFile file(Path folder, List<Map<String, String>> drawn) throws IOException {
    List<String> command = words(ASIDE);
    if (SearchFile.isIn(folder) && force) {
      discard(folder, common.console());
    }
    if (SearchFile.isIn(folder)) {
      SearchFile file = SearchFile.read(folder);
      if (!file.command().equals(command)) {
        throw new RunException(
            "%s holds another search: unspool search %s; go on with that command, choose another --out, or throw it away with --force"
                .formatted(folder, String.join(" ", file.command())));
      }
      return file;
    }
    new RunFolder(folder).requireFree(false);
    if (SeedsFile.isIn(folder)) {
      throw new RunException(
          "%s holds runs of several seeds; choose another --out".formatted(folder));
    }
    List<Long> seeds =
        LongStream.rangeClosed(1, finalSeeds).map(i -> learning.training.seed + i).boxed().toList();
    return SearchFile.begun(command, drawn, seeds);
  }

  /** Throws a search away, if all of it may be. */
  private static void discard(Path folder, Console console) throws IOException {
    List<Path> runs = SearchFile.runs(folder);
    Path winner = SearchFile.winner(folder);
    NumberedFolders.requireDeletable(runs);
    if (SeedsFile.isIn(winner)) {
      FolderLock.requireFree(winner);
      TrainSeeds.requireRoom(winner, true);
    }
    NumberedFolders.delete(runs, console);
    if (SeedsFile.isIn(winner)) {
      try (FolderLock _ = FolderLock.take(winner, console)) {
        TrainSeeds.makeRoom(winner, true, console);
      }
    }
    SearchFile.delete(folder);
  }

  private void say(Path folder, SearchFile file, Console console) throws IOException {
    if (common.json) {
      console.result(Json.pretty(file));
      return;
    }
    SearchTable.lines(file).forEach(console::result);
    console.result("");
    Path winner =
        file.seeds().isEmpty()
            ? SearchFile.folder(folder, file.winner() == null ? 0 : file.winner())
            : SearchFile.winner(folder);
    file.figures()
        .forEach((name, spread) -> console.result("%s %s".formatted(name, spread.describe())));
    console.result("the best is trial %s, in %s".formatted(file.winner(), winner));
  }

  /** The words of 'unspool train' that a trial is. */
  private Train train(Map<String, String> options, @Nullable Long seed) {
    var words = new ArrayList<>(without(words(ASIDE), OWN));
    words.add("--threads=1");
    if (seed != null) {
      words = new ArrayList<>(without(words, Set.of("--seed")));
      words.add("--seed=" + seed);
    }
    for (Map.Entry<String, String> option : options.entrySet()) {
      if (seed == null || !option.getKey().equals("--seed")) {
        words.add("%s=%s".formatted(option.getKey(), option.getValue()));
      }
    }
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Train train = Train.of(words, nowhere, spec.commandLine().getErr());
    train.learning.training.oneOfSeveral = options.containsKey("--schedule");
    return train;
  }

  /** The words of this command, without some options and their values. */
  private List<String> words(Set<String> options) {
    List<String> all = spec.commandLine().getParseResult().originalArgs();
    int begin = all.indexOf(spec.name()) + 1;
    return without(all.subList(begin, all.size()), options);
  }

  private List<String> without(List<String> words, Set<String> options) {
    var rest = new ArrayList<String>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String name = word.startsWith("--") ? word.replaceFirst("(?s)=.*", "") : word;
      if (!options.contains(name)) {
        rest.add(word);
        continue;
      }
      OptionSpec option = spec.findOption(name);
      if (option != null && option.arity().max() > 0 && name.equals(word)) {
        i++;
      }
    }
    return List.copyOf(rest);
  }
}
