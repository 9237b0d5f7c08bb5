namespace GatewayMesh.Proxy.Jwt;

/// <summary>Reasons to refuse a token, as texts for <c>error_description</c> (RFC 6750 §3): printable, without quotes.</summary>
internal static class TokenFault
{
    public const string TooLarge = "the token is too large";
    public const string Malformed = "the token is malformed";
    public const string Ambiguous = "the request has several tokens";
    public const string Algorithm = "the algorithm of the token is not accepted";
    public const string Issuer = "the issuer of the token is not accepted";
    public const string Audience = "the audience of the token is wrong";
    public const string NoKeys = "the keys of the issuer are not available"; // the token may be good
    public const string Key = "the key of the token is unknown";
    public const string Signature = "the signature of the token is wrong";
    public const string Expiry = "the token has no expiry";
    public const string Expired = "the token has expired";
    public const string Early = "the token is not valid yet";
}
