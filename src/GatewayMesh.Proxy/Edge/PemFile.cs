using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Edge;

/// <summary>Reads a text file that should hold PEM.</summary>
internal static class PemFile
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>
    /// Returns the content of the file; null if the file is unreadable, with an error added to <paramref name="errors"/>.
    /// </summary>
    public static string? Read(string file, SourceLocation location, string path, ICollection<ConfigError> errors)
    {
        try
        {
            return TimedRead.Run(file, TimedRead.Limit, () => RegularFile.ReadAllText(file, MaxLength));
        }
        catch (FileTooLargeException)
        {
            errors.Add(new ConfigError(location, path, $"{file} is larger than 1 MiB", "name a PEM file"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            errors.Add(new ConfigError(location, path, $"{file} cannot be read ({ReasonOf(failure)})", "name a readable PEM file"));
        }

        return null;
    }

    private static string ReasonOf(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied",
        _ => failure.Message,
    };
}
