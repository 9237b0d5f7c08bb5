namespace GatewayMesh.Configuration.Document;

/// <summary>Result of reading a text as a <typeparamref name="T"/>.</summary>
/// <param name="Value">The value, when <paramref name="Message"/> is null.</param>
/// <param name="Message">The problem, or null.</param>
/// <param name="Fix">The fix, as an imperative.</param>
public readonly record struct Scalar<T>(T? Value, string? Message, string Fix);

/// <summary>Creates <see cref="Scalar{T}"/> results.</summary>
public static class Scalar
{
    /// <summary>Creates a successful result.</summary>
    public static Scalar<T> Good<T>(T value) => new(value, null, "");

    /// <summary>Creates a failed result.</summary>
    public static Scalar<T> Bad<T>(string message, string fix) => new(default, message, fix);
}
