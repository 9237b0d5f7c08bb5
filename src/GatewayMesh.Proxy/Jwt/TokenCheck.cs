namespace GatewayMesh.Proxy.Jwt;

/// <summary>Verification of a token that a request waits for, or has waited for.</summary>
/// <param name="Group">Issuers of the token.</param>
/// <param name="Pending">The verification.</param>
/// <param name="Earlier">Verification before this one; null for the first.</param>
internal sealed record TokenCheck(TokenGroup Group, Task<TokenResult> Pending, TokenCheck? Earlier)
{
    /// <summary>Returns the result for the token of <paramref name="group"/>; null if the token was not verified for this request.</summary>
    public TokenResult? Find(TokenGroup group) =>
        Group == group && Pending.IsCompletedSuccessfully ? Pending.Result : Earlier?.Find(group);
}
