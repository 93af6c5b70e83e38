import streamlit as st

st.title("ok")
