using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Matching;

/// <summary>
/// Regular expressions in RE2 syntax, as in Consul and Envoy: linear time, no lookaround, no backreferences. Constructs that .NET reads
/// differently from RE2 are translated (<c>\d</c>, <c>\w</c>, <c>\s</c>, <c>$</c>, <c>(?P&lt;…&gt;</c>) or refused, so that an expression
/// has a single meaning.
/// </summary>
public static class RegexText
{
    /// <summary>Maximum length of an expression, in characters: 1024.</summary>
    public const int Longest = 1024;

    /// <summary>Maximum count in a repetition <c>{n,m}</c>: 1000, as in RE2.</summary>
    public const int MaxRepeats = 1000;

    /// <summary>Scalar type of an expression: the text, if valid.</summary>
    public static ScalarType<string> Type { get; } = new("use a regular expression such as /v[0-9]+/.*", text =>
        TryCompile(text, ignoreCase: false, out _, out var error)
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not a supported regular expression ({error})", "use RE2 syntax, such as /v[0-9]+/.*"));

    /// <summary>
    /// Compiles <paramref name="pattern"/> to an expression that matches whole texts only; <paramref name="error"/> is the reason of a
    /// failure.
    /// </summary>
    public static bool TryCompile(string pattern, bool ignoreCase, [NotNullWhen(true)] out Regex? regex, out string error) =>
        TryCompile(pattern, ignoreCase, RegexOptions.None, wholeRunes: false, out regex, out error);

    /// <summary>
    /// The same for decoded paths: <c>.</c> and negated classes match every character, including a newline. Consul's proxies see a newline
    /// as <c>%0A</c>, which <c>.*</c> matches there.
    /// </summary>
    internal static bool TryCompilePath(string pattern, bool ignoreCase, [NotNullWhen(true)] out Regex? regex, out string error) =>
        TryCompile(pattern, ignoreCase, RegexOptions.Singleline, wholeRunes: true, out regex, out error)
        // an expression that is too large only with surrogates
        || TryCompile(pattern, ignoreCase, RegexOptions.Singleline, wholeRunes: false, out regex, out error);

    private static bool TryCompile(
        string pattern, bool ignoreCase, RegexOptions more, bool wholeRunes, [NotNullWhen(true)] out Regex? regex, out string error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        regex = null;
        if (pattern.Length is 0 or > Longest)
        {
            error = pattern.Length == 0 ? "empty" : string.Create(CultureInfo.InvariantCulture, $"longer than {Longest} characters");
            return false;
        }

        var translation = new RegexTranslation(pattern, wholeRunes);
        if (translation.Run() is { } refused)
        {
            error = refused;
            return false;
        }

        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | more | (
                ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            regex = new Regex($@"\A(?:{translation.Text})\z", options);
            error = "";
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            error = exception is RegexParseException parse
                ? $"{parse.Error} at {Math.Max(0, parse.Offset - 5)}"
                : "too large, or uses a construct that RE2 does not have";
            return false;
        }
    }
}
