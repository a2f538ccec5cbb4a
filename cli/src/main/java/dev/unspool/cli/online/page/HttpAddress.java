// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import dev.unspool.cli.run.UsageException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a page is served, as it is written on the command line. */
final class HttpAddress {
  private static final Pattern FORM = Pattern.compile("(?:(\\[[^]]+]|[^:\\[\\]]+):)?(\\d{1,5})");
  private static final int LAST_PORT = 65_535;

  private HttpAddress() {}

  /**
   * Reads one.
   *
   * @param text {@code PORT}, for this machine alone, or {@code HOST:PORT}
   * @throws UsageException with one line, if it is none
   */
  static InetSocketAddress parse(String text) {
    Matcher parts = FORM.matcher(text);
    UsageException.require(
        parts.matches() && Integer.parseInt(parts.group(2)) <= LAST_PORT,
        "--http takes a port from 0 to 65535, or HOST:PORT, found '%s'".formatted(text));
    int port = Integer.parseInt(parts.group(2));
    String host = parts.group(1);
    if (host == null) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
    var address = new InetSocketAddress(host, port);
    UsageException.require(
        !address.isUnresolved(),
        "--http '%s': there is no host of that name; name an address of this machine, or leave it out"
            .formatted(text));
    return address;
  }
}
