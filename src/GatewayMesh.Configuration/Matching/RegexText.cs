using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Matching;

/// <summary>
/// Regular expressions in the syntax of RE2, which is Consul's and Envoy's: linear in time, without look-around and back references. What .NET would read in
/// another way than RE2 is written anew (<c>\d</c>, <c>\w</c>, <c>\s</c>, <c>$</c>, <c>(?P&lt;…&gt;</c>) or refused, so that an expression never means two things.
/// </summary>
public static class RegexText
{
    /// <summary>Characters that an expression may have: 1024.</summary>
    public const int Longest = 1024;

    /// <summary>Repetitions that <c>{n,m}</c> may ask for: 1000, as in RE2.</summary>
    public const int MostRepeats = 1000;

    /// <summary>An expression as a scalar: its text, when it is a good one.</summary>
    public static ScalarType<string> Type { get; } = new("say a regular expression such as /v[0-9]+/.*", text =>
        TryCompile(text, ignoreCase: false, out _, out var error) ? Scalar.Good(text) : Scalar.Bad<string>($"{Quoted.Of(text)} is not a regular expression that is known here ({error})", "write it in the syntax of RE2, such as /v[0-9]+/.*"));

    /// <summary>Compiles <paramref name="pattern"/> to an expression that matches whole texts only; <paramref name="error"/> says why not.</summary>
    public static bool TryCompile(string pattern, bool ignoreCase, [NotNullWhen(true)] out Regex? regex, out string error) =>
        TryCompile(pattern, ignoreCase, RegexOptions.None, wholeRunes: false, out regex, out error);

    /// <summary>
    /// The same for decoded paths: <c>.</c> and classes that exclude stand for every character, a newline too. Consul's proxies see that as <c>%0A</c>, which <c>.*</c> matches there.
    /// </summary>
    internal static bool TryCompilePath(string pattern, bool ignoreCase, [NotNullWhen(true)] out Regex? regex, out string error) =>
        TryCompile(pattern, ignoreCase, RegexOptions.Singleline, wholeRunes: true, out regex, out error)
        || TryCompile(pattern, ignoreCase, RegexOptions.Singleline, wholeRunes: false, out regex, out error); // one that is too large only when it minds surrogates

    private static bool TryCompile(string pattern, bool ignoreCase, RegexOptions more, bool wholeRunes, [NotNullWhen(true)] out Regex? regex, out string error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        regex = null;
        if (pattern.Length is 0 or > Longest)
        {
            error = pattern.Length == 0 ? "it is empty" : string.Create(CultureInfo.InvariantCulture, $"it has more than {Longest} characters");
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
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | more | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            regex = new Regex($@"\A(?:{translation.Text})\z", options);
            error = "";
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            error = exception is RegexParseException parse ? $"{parse.Error} at {Math.Max(0, parse.Offset - 5)}" : "it is too large or asks for what RE2 does not have";
            return false;
        }
    }
}
