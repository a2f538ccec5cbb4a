// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.cli.html.ReportPage;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool report}. */
@Command(
    name = "report",
    header =
        "Write a page about a run, or about several beside each other, to look at in a browser.",
    description =
        "One HTML file with charts that can be zoomed: it opens from disk, and nothing in it asks for anything outside of it.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool report runs/sunspots",
      "  unspool report runs/gru runs/lstm --out comparison.html",
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "Folders that 'unspool train' or 'unspool fit' made, also unfinished ones.")
  List<Path> runs = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page. Default: report.html in the folder of the first RUN.")
  @Nullable Path out;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    ReportPage page = ReportPage.of(runs);
    Path file = out != null ? out : new RunFolder(runs.getFirst()).report();
    if (Files.exists(file) && !ReportPage.isOne(file)) {
      throw new RunException(
          "%s is in the way: it is not a page of 'unspool report'; name another file with --out"
              .formatted(file));
    }
    DurableFile.write(file, page.html().getBytes(UTF_8));
    Console console = common.console();
    page.doubts().forEach(console::note);
    console.result(common.json ? Json.pretty(Map.of("page", file.toString())) : file.toString());
    return 0;
  }
}
