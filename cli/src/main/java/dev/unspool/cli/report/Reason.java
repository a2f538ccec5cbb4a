// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Why a file cannot be read or written; exceptions of the JDK often say only its name. */
public final class Reason {
  private Reason() {}

  /** A few words, without the file's name where the exception knows it as such. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException missing ->
          lacksFolder(missing) ? "its folder does not exist" : "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "it is not a folder";
      case FileAlreadyExistsException _, DirectoryNotEmptyException _ ->
          "something is in its place";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      case FileSystemException _ -> "cannot be used (" + kind(e) + ")";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** The same of a file that was to be made. */
  public static String ofWriting(IOException e) {
    return e instanceof NoSuchFileException missing && !lacksFolder(missing)
        ? "no file can be made there"
        : of(e);
  }

  /** The same after the file's name. */
  public static String named(IOException e) {
    return e instanceof FileSystemException known ? known.getFile() + ": " + of(e) : of(e);
  }

  private static boolean lacksFolder(NoSuchFileException missing) {
    if (missing.getFile() == null) {
      return false;
    }
    Path parent = Path.of(missing.getFile()).getParent();
    return parent != null && !Files.exists(parent);
  }

  private static String kind(Exception e) {
    return e.getClass().getSimpleName().replace("Exception", "");
  }
}
