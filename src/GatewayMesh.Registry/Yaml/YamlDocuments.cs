using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Document;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GatewayMesh.Registry.Yaml;

/// <summary>
/// Parses YAML (or JSON, a subset of YAML) into trees. Accepts any bytes: input that is not UTF-8, not YAML, too large, too deep or an
/// alias bomb gives one <see cref="ConfigError"/> with its line, never an exception.
/// </summary>
public static class YamlDocuments
{
    /// <summary>The maximum size of a file or value: 512 KiB, which is also Consul's default limit for a value.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>The maximum nesting: 64 levels.</summary>
    public const int MaxDepth = 64;

    /// <summary>The maximum number of nodes, with each alias expanded: 500,000.</summary>
    public const int MaxNodes = 500_000;

    /// <summary>The maximum number of characters of all values, with each alias expanded: 4 Mi.</summary>
    public const int MaxText = 4 * 1024 * 1024;

    /// <summary>The maximum length of a key: 256 characters.</summary>
    public const int MaxKey = 256;

    /// <summary>
    /// The documents of <paramref name="bytes"/> without empty ones. After an error, returns the documents before the error.
    /// </summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The file's name in errors.</param>
    /// <param name="errors">Collects errors: duplicate keys, then at most one error that ends the reading.</param>
    /// <param name="most">The maximum size in bytes. Default: <see cref="MaxBytes"/>.</param>
    /// <param name="documents">The maximum number of documents to read. Default: all.</param>
    public static ImmutableArray<ConfigNode> Read(
        ReadOnlySpan<byte> bytes, string name, ConfigErrors errors, int most = MaxBytes, int documents = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var read = ImmutableArray.CreateBuilder<ConfigNode>();
        if (YamlText.Decode(bytes, name, errors, most) is not { } text)
        {
            return [];
        }

        try
        {
            var builder = new TreeBuilder(new Parser(new StringReader(text)), name, errors);
            while (read.Count < documents && builder.ReadDocument() is { } document)
            {
                if (document is not ConfigNull)
                {
                    read.Add(document);
                }
            }
        }
        catch (YamlRefusedException refused)
        {
            errors.Add(refused.Error);
        }
        catch (YamlException exception)
        {
            errors.Add(Explain(exception, text, name));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The scanner itself has bugs with hostile input, and no file may crash the process that reads it.
            errors.Add(new SourceLocation(name, 1, 1), "", $"is not YAML ({exception.Message})", "check the file with a YAML editor");
        }

        return read.ToImmutable();
    }

    /// <summary>The single document of <paramref name="bytes"/>. A second document is an error; no document is an empty one.</summary>
    public static ConfigNode ReadOne(ReadOnlySpan<byte> bytes, string name, ConfigErrors errors, int most = MaxBytes)
    {
        var documents = Read(bytes, name, errors, most, documents: 2);
        if (documents.Length > 1)
        {
            errors.Add(documents[1].Location, "", "the file has a second document", "keep one document per file");
        }

        return documents.IsEmpty ? new ConfigNull(new SourceLocation(name, 1, 1)) : documents[0];
    }

    /// <summary>Parses a command-line value: a list or mapping if it begins with <c>[</c> or <c>{</c>, otherwise plain text.</summary>
    public static ConfigNode ReadValue(string text, SourceLocation location, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text is ['[' or '{', ..]
            ? Relocated.To(location, ReadOne(Encoding.UTF8.GetBytes(text), location.Source, errors))
            : new ConfigScalar(text, location);
    }

    private static ConfigError Explain(YamlException exception, string text, string name)
    {
        var message = exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
        if (message.Contains("tab", StringComparison.Ordinal) && YamlText.FindTabIndent(text) is { } tab)
        {
            // The scanner names the line where the mapping begins.
            return new ConfigError(name, tab, 1, "", "is not YAML: the line is indented with a tab", "use spaces");
        }

        var (line, column) = ((int)exception.Start.Line, (int)exception.Start.Column);
        return new ConfigError(
            name,
            Math.Max(1, line),
            Math.Max(1, column),
            "",
            $"is not YAML: {char.ToLowerInvariant(message[0])}{message[1..]}",
            "check the indentation, the colons and the quotes of this line");
    }
}
