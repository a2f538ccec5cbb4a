// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TextWriter;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.Words;
import dev.unspool.inference.Sampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool generate}. */
@Command(
    name = "generate",
    header = "Let a model of text write.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool generate runs/novel --length 1000 --temperature 0.7",
      "  unspool generate runs/novel --prompt 'It was a dark and' --seed 3",
    })
final class Generate implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  Path run = Path.of("");

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Tokens to write: bytes or words. Default: ${DEFAULT-VALUE}.",
      defaultValue = "500")
  int length;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "0: always the most probable token; 1: as the model says; more is bolder. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "0.8")
  double temperature;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the text begins with. Default: the beginning of a line.")
  String prompt = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the draws. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1")
  long seed;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (length < 1) {
      throw new UsageException("--length must be at least 1, found " + length);
    }
    Sampler sampler;
    try {
      sampler = new Sampler(temperature);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    if (config.text() == null) {
      throw new UsageException("%s is a model of a table; use 'unspool forecast'".formatted(run));
    }
    try (TextTask task =
            TextTask.withoutText(config.text(), folder.architecture(config), folder.vocabulary());
        var writer = new TextWriter(task, TrainedModel.read(folder, config, task.program()))) {
      write(writer, sampler);
      return 0;
    }
  }

  private void write(TextWriter writer, Sampler sampler) throws IOException {
    Console console = common.console();
    List<String> unknown = writer.unknownIn(prompt);
    if (!unknown.isEmpty()) {
      console.warn(
          "the model does not know %s; it reads %s in place of %s"
              .formatted(
                  unknown.stream().map("'%s'"::formatted).collect(Collectors.joining(", ")),
                  Words.UNKNOWN,
                  unknown.size() == 1 ? "it" : "them"));
    }
    if (common.json) {
      var text = new StringBuilder();
      writer.write(prompt, length, sampler, seed, text);
      var json = new LinkedHashMap<String, Object>();
      json.put("prompt", prompt);
      json.put("text", text.toString());
      console.result(Json.pretty(json));
      return;
    }
    Appendable text = console.text();
    text.append(prompt);
    writer.write(prompt, length, sampler, seed, text);
    console.result("");
  }
}
