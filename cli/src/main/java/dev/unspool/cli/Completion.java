// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unspool completion}. */
@Command(
    name = "completion",
    header = "Print a script that lets bash and zsh complete the words of this command.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(unspool completion)",
      "  unspool completion > ~/.local/share/bash-completion/completions/unspool",
    })
final class Completion implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    CommandLine root = common.spec.root().commandLine();
    String script = AutoComplete.bash(root.getCommandName(), root);
    common.console().result(common.json ? dev.unspool.cli.report.Json.line(script) : script);
    return 0;
  }
}
