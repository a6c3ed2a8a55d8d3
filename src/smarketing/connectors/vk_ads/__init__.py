"""VK Ads (ads.vk.com): spend, clicks and results by day and campaign."""
