using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Document;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GatewayMesh.Registry.Yaml;

/// <summary>
/// Bytes of YAML (or JSON, which is YAML) to trees. Takes any bytes: what is not UTF-8, not YAML, too large, too deep or a bomb of
/// aliases is one <see cref="ConfigError"/> at its line, never an exception.
/// </summary>
public static class YamlDocuments
{
    /// <summary>The largest file or value that is read: 512 KiB, which is also the most that Consul stores under a key by default.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>The deepest nesting: 64.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most nodes, each alias counted with all that it stands for: 500,000.</summary>
    public const int MaxNodes = 500_000;

    /// <summary>The most characters of all values, each alias counted with all that it stands for: 4 Mi.</summary>
    public const int MaxText = 4 * 1024 * 1024;

    /// <summary>The longest key: 256 characters.</summary>
    public const int MaxKey = 256;

    /// <summary>The documents of <paramref name="bytes"/>; empty ones are left out. Those before an error are returned too.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">Its name, for the errors.</param>
    /// <param name="errors">Gets what is wrong: keys that stand twice, then at most one thing that ends the reading.</param>
    /// <param name="most">The most bytes that are read; more is one error. Default: <see cref="MaxBytes"/>.</param>
    /// <param name="documents">The most documents that are read. Default: all.</param>
    public static ImmutableArray<ConfigNode> Read(ReadOnlySpan<byte> bytes, string name, ConfigErrors errors, int most = MaxBytes, int documents = int.MaxValue)
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
            // The scanner has holes of its own for hostile input; a file must never end the process that reads it.
            errors.Add(new SourceLocation(name, 1, 1), "", $"is not YAML ({exception.Message})", "check the file with a YAML editor");
        }

        return read.ToImmutable();
    }

    /// <summary>The one document of <paramref name="bytes"/>; more than one is an error, none is an empty one.</summary>
    public static ConfigNode ReadOne(ReadOnlySpan<byte> bytes, string name, ConfigErrors errors, int most = MaxBytes)
    {
        var documents = Read(bytes, name, errors, most, documents: 2);
        if (documents.Length > 1)
        {
            errors.Add(documents[1].Location, "", "a second document stands in the file", "keep one document in it");
        }

        return documents.IsEmpty ? new ConfigNull(new SourceLocation(name, 1, 1)) : documents[0];
    }

    /// <summary>A value of the command line: a list or mapping when it begins with <c>[</c> or <c>{</c>, otherwise one text as it stands.</summary>
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
            // The scanner names the line where the mapping began.
            return new ConfigError(name, tab, 1, "", "is not YAML: a tab stands where the line is indented", "indent with spaces");
        }

        var (line, column) = ((int)exception.Start.Line, (int)exception.Start.Column);
        return new ConfigError(name, Math.Max(1, line), Math.Max(1, column), "", $"is not YAML: {char.ToLowerInvariant(message[0])}{message[1..]}", "check the indentation, the colons and the quotes of this line");
    }
}
