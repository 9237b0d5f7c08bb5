using System.Globalization;

namespace GatewayMesh.Configuration.Values;

/// <summary>Percentages in text form: <c>0.5%</c>, from 0% to 100%.</summary>
public static class PercentText
{
    /// <summary>Reads a percentage as a share, 0 to 1; false when invalid.</summary>
    public static bool TryParse(string text, out double share)
    {
        share = 0;
        if (text is not [.., '%']
            || !decimal.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            || percent > 100)
        {
            return false;
        }

        share = (double)(percent / 100);
        return true;
    }
}
