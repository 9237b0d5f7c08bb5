namespace GatewayMesh.Configuration.Document;

/// <summary>Reads a text as a <typeparamref name="T"/> and describes failures.</summary>
/// <param name="Fix">Fix for a value that is missing or not a scalar.</param>
/// <param name="Read">Reads one text.</param>
public sealed record ScalarType<T>(string Fix, Func<string, Scalar<T>> Read)
{
    /// <summary>Returns the same type with an additional rule.</summary>
    /// <param name="rule">Condition that the value must meet.</param>
    /// <param name="message">Problem reported after the value when the rule fails.</param>
    /// <param name="fix">Fix reported when the rule fails.</param>
    public ScalarType<T> Where(Func<T, bool> rule, string message, string fix) => new(fix, text =>
        Read(text) is var read && read.Message is null && !rule(read.Value!)
            ? Scalar.Bad<T>($"{Quoted.Of(text)} {message}", fix)
            : read);
}
