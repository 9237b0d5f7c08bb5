using System.Globalization;

namespace GatewayMesh.Configuration.Document;

/// <summary>An error in the configuration: location, problem, and fix.</summary>
/// <param name="File">Path of the file, or the option or variable that set the value (<c>--set PATH</c>, <c>env NAME</c>).</param>
/// <param name="Line">Line, from 1; 0 when unknown.</param>
/// <param name="Column">Column, from 1; 0 when unknown.</param>
/// <param name="Path">Path of the value in its document, such as <c>sidecar.services[0].port</c>; empty for the whole document.</param>
/// <param name="Message">The problem.</param>
/// <param name="Fix">The fix, as an imperative.</param>
public sealed record ConfigError(string File, int Line, int Column, string Path, string Message, string Fix)
{
    /// <summary>Creates an error at <paramref name="location"/>.</summary>
    public ConfigError(SourceLocation location, string path, string message, string fix)
        : this(location.Source, location.Line, location.Column, path, message, fix)
    {
    }

    /// <summary>Number of further errors that this entry summarizes. Default: 0, an ordinary error.</summary>
    public int More { get; init; }

    /// <summary>One line: <c>FILE:LINE:COL: PATH: message; fix</c>, without unknown parts.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}") : File;
        var path = Path.Length > 0 ? $": {Path}" : "";
        var fix = Fix.Length > 0 ? $"; {Fix}" : "";
        return Quoted.OneLine($"{place}{path}: {Message}{fix}");
    }
}
