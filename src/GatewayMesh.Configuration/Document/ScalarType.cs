namespace GatewayMesh.Configuration.Document;

/// <summary>How a text is read as a <typeparamref name="T"/>, and what is said when it cannot be.</summary>
/// <param name="Fix">What to write, when the value is missing or no scalar at all.</param>
/// <param name="Read">Reads one text.</param>
public sealed record ScalarType<T>(string Fix, Func<string, Scalar<T>> Read)
{
    /// <summary>The same with a further rule.</summary>
    /// <param name="rule">Must hold for the value.</param>
    /// <param name="message">What is said of one for which it does not, after the value.</param>
    /// <param name="fix">What to write instead.</param>
    public ScalarType<T> Where(Func<T, bool> rule, string message, string fix) => new(fix, text =>
        Read(text) is var read && read.Message is null && !rule(read.Value!)
            ? Scalar.Bad<T>($"{Quoted.Of(text)} {message}", fix)
            : read);
}
