using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>Reads whole files, but never more than a document may be large.</summary>
internal static class FileContent
{
    /// <summary>The bytes, or null after an error.</summary>
    public static byte[]? Read(string path, ConfigErrors errors)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Min(file.Length, YamlDocuments.MaxBytes) + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(SourceLocation.Option(path), "", exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"cannot be read ({exception.Message})", "check the path and its permissions");
            return null;
        }
    }
}
