using System.Globalization;

namespace GatewayMesh.Configuration.Document;

/// <summary>Something wrong in the configuration: where it stands, what it is and how it is repaired.</summary>
/// <param name="File">Path of the file, or the option or variable that said it (<c>--set PATH</c>, <c>env NAME</c>).</param>
/// <param name="Line">Line, from 1; 0 when unknown.</param>
/// <param name="Column">Column, from 1; 0 when unknown.</param>
/// <param name="Path">Path of the value in its document, such as <c>sidecar.services[0].port</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Fix">What to write instead, in words.</param>
public sealed record ConfigError(string File, int Line, int Column, string Path, string Message, string Fix)
{
    /// <summary>An error at <paramref name="location"/>.</summary>
    public ConfigError(SourceLocation location, string path, string message, string fix)
        : this(location.Source, location.Line, location.Column, path, message, fix)
    {
    }

    /// <summary>How many further errors this one stands for, since they are too many to keep. Default: 0, it is an error of its own.</summary>
    public int More { get; init; }

    /// <summary>One line: <c>FILE:LINE:COL: PATH: message; fix</c>, without the parts that are not known.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}") : File;
        var path = Path.Length > 0 ? $": {Path}" : "";
        var fix = Fix.Length > 0 ? $"; {Fix}" : "";
        return Quoted.OneLine($"{place}{path}: {Message}{fix}");
    }
}
