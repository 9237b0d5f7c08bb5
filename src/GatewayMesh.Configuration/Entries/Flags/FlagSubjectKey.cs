using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>Part of a request that names its user, or the groups of its user: <c>header:NAME</c> or <c>claim:NAME</c>.</summary>
/// <param name="IsClaim">True for a claim of the verified token, false for a header field.</param>
/// <param name="Name">Name of the claim, or of the header field in lower case.</param>
public sealed record FlagSubjectKey(bool IsClaim, string Name)
{
    private const string Header = "header:";
    private const string Claim = "claim:";
    private const string Fix = "use header:NAME or claim:NAME, such as header:x-user";

    /// <summary>The field of users by default: <c>x-user</c>.</summary>
    public static FlagSubjectKey DefaultUser { get; } = new(false, "x-user");

    /// <summary>The field of groups by default: <c>x-groups</c>.</summary>
    public static FlagSubjectKey DefaultGroups { get; } = new(false, "x-groups");

    /// <summary>A key as text.</summary>
    internal static ScalarType<FlagSubjectKey> Type { get; } = new(Fix, Read);

    /// <inheritdoc/>
    public override string ToString() => (IsClaim ? Claim : Header) + Name;

    private static Scalar<FlagSubjectKey> Read(string text) =>
        text.StartsWith(Header, StringComparison.Ordinal) ? Field(text[Header.Length..].ToLowerInvariant(), text)
        : text.StartsWith(Claim, StringComparison.Ordinal) && text.Length > Claim.Length
            ? Scalar.Good(new FlagSubjectKey(true, text[Claim.Length..]))
        : Scalar.Bad<FlagSubjectKey>($"{Quoted.Of(text)} is not a part of a request", Fix);

    private static Scalar<FlagSubjectKey> Field(string name, string text) =>
        !RateLimitKey.IsToken(name)
            ? Scalar.Bad<FlagSubjectKey>($"{Quoted.Of(text)} has no name of a header field", "use a name such as header:x-user")
        : name.StartsWith("gatewaymesh-", StringComparison.Ordinal)
            ? Scalar.Bad<FlagSubjectKey>($"{Quoted.Of(text)} is a field of the mesh", "use a field of the application, such as header:x-user")
        : Scalar.Good(new FlagSubjectKey(false, name));
}
