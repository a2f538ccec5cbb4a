// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.FolderStatus;
import dev.unspool.cli.online.OnlineFolder;
import dev.unspool.cli.online.StreamInfo;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unspool info}. */
@Command(
    name = "info",
    header = "Say what is in the folder of a run, a fit or a stream.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool info runs/sunspots",
      "  unspool info runs/sunspots --json",
      "  unspool info runs/plant-fit",
    })
@SuppressWarnings("AvoidCommonTypeNames") // the command's name
final class Info implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      description = "Folder that 'unspool train', 'unspool fit' or 'unspool online' made.")
  Path run = Path.of("");

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    var stream = new OnlineFolder(run);
    if (stream.isStream()) {
      StreamInfo info = StreamInfo.read(stream);
      if (common.json) {
        console.result(Json.pretty(info));
      } else {
        info.lines().forEach(console::result);
      }
      return 0;
    }
    FolderStatus status = FolderStatus.read(RunFolder.open(run));
    if (common.json) {
      console.result(Json.pretty(status));
      return 0;
    }
    StatusLines.of(status).forEach(console::result);
    if (status.config().narx() != null) {
      console.note("'unspool simulate --model %s --csv FILE' uses it".formatted(status.folder()));
    }
    return 0;
  }
}
