namespace GatewayMesh.Configuration.Document;

/// <summary>What became of a text that should be a <typeparamref name="T"/>.</summary>
/// <param name="Value">The value, when <paramref name="Message"/> is null.</param>
/// <param name="Message">What is wrong, or null.</param>
/// <param name="Fix">What to write instead.</param>
public readonly record struct Scalar<T>(T? Value, string? Message, string Fix);

/// <summary>Makes <see cref="Scalar{T}"/>s.</summary>
public static class Scalar
{
    /// <summary>A good one.</summary>
    public static Scalar<T> Good<T>(T value) => new(value, null, "");

    /// <summary>A bad one.</summary>
    public static Scalar<T> Bad<T>(string message, string fix) => new(default, message, fix);
}
