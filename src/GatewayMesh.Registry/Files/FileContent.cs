using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>Reads whole files up to the maximum document size, and only regular files.</summary>
internal static class FileContent
{
    /// <summary>The bytes, or null after an error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="most">The maximum size in bytes. A larger file is not read.</param>
    /// <param name="skipped">Collects paths that are not regular files. Default: these are errors too.</param>
    public static byte[]? Read(string path, ConfigErrors errors, int most = YamlDocuments.MaxBytes, ConfigErrors? skipped = null)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, most);
        }
        catch (FileTooLargeException)
        {
            errors.Add(YamlText.TooLarge(path, most));
        }
        catch (NotRegularFileException exception)
        {
            (skipped ?? errors).Add(SourceLocation.Option(path), "", $"is {exception.Kind}, not a regular file, and was skipped",
                "remove it, or give it a name without the extension .yaml, .yml or .json");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(
                SourceLocation.Option(path),
                "",
                exception is FileNotFoundException or DirectoryNotFoundException
                    ? "the file does not exist"
                    : $"cannot be read ({exception.Message})",
                "check the path and its permissions");
        }

        return null;
    }

    /// <summary>Reads a file with a deadline. A blocked read is an error that names the file.</summary>
    public static byte[]? ReadInTime(string path, ConfigErrors errors)
    {
        try
        {
            var found = new ConfigErrors();
            var bytes = TimedRead.Run(path, TimedRead.Limit, () => Read(path, found));
            errors.AddRange(found.ToSorted());
            return bytes;
        }
        catch (IOException blocked)
        {
            errors.Add(SourceLocation.Option(path), "", $"cannot be read ({blocked.Message})", "check the path and its permissions");
            return null;
        }
    }
}
